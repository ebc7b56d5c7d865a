// Local files in a generated image: they are to stay as they were when it was planned.
import { appendFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { generatedIso } from "../../../../provider/content/generated-iso/generated-iso";
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";
import { folder, read } from "./answers";

describe("a local file", () => {
  const changes: [string, (path: string) => Promise<void>][] = [
    ["has other bytes", (path) => writeFile(path, "other, of like length")],
    ["has grown", (path) => appendFile(path, "!")],
    ["has shrunk", (path) => truncate(path, 3)],
  ];

  it.each(changes)("that %s since the image was planned fails the stream before its end", async (_, change) => {
    const path = join(await folder(), "net.inf");
    await writeFile(path, "bytes of equal length");
    const files: Record<string, IsoFile> = { "drivers/net.inf": { file: path }, "z.txt": { text: "after it" } };
    const iso = await generatedIso({ label: "x", files });
    await change(path);
    const { stream, received } = await iso.open();
    let sizeBytes = 0;
    const count = new Writable({
      write: (chunk: Buffer, _, done) => {
        sizeBytes += chunk.length;
        done();
      },
    });
    await expect(pipeline(stream, count)).rejects.toMatchObject({ code: "content-mismatch" });
    await expect(received).rejects.toThrow(
      'generate the ISO image "x": the file "drivers/net.inf" has changed since the image was planned [content-mismatch]',
    );
    expect(sizeBytes).toBeLessThan(iso.sizeBytes);
  });

  it("that is gone when the image is opened is named", async () => {
    const path = join(await folder(), "a");
    await writeFile(path, "a");
    const iso = await generatedIso({ label: "x", files: { a: { file: path } } });
    await rm(path);
    await expect(read(iso)).rejects.toThrow(
      `the file "a" cannot be read from ${path}: there is no such file [not-found]`,
    );
  });

  it("is read through links, in pieces", async () => {
    const path = join(await folder(), "large");
    await writeFile(path, Buffer.alloc(3_000_001, "abc"));
    const iso = await generatedIso({ label: "x", files: { large: { file: path } } });
    let largest = 0;
    for await (const chunk of (await iso.open()).stream) largest = Math.max(largest, chunk.length);
    expect(largest).toBeLessThanOrEqual(512 * 1024);
  });
});
