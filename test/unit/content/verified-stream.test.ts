// Bytes that are not the promised ones never reach their end at the consumer.
import { describe, expect, it } from "vitest";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ByteStream } from "../../../provider/content/byte-stream";
import { urlContent } from "../../../provider/content/url/url-content";
import { read, sample, sendFile, serve, settings } from "./url/loopback";

const file = sample(1024 * 1024);
const other = sample(1024 * 1024);

/** Reads what comes, and tells how it ended. */
async function drain(stream: ByteStream): Promise<{ sizeBytes: number; hasEnded: boolean; error: unknown }> {
  const seen = { sizeBytes: 0, hasEnded: false, error: undefined as unknown };
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      seen.sizeBytes += chunk.length;
      done();
    },
    final: (done) => {
      seen.hasEnded = true;
      done();
    },
  });
  await pipeline(stream, sink).catch((error: unknown) => (seen.error = error));
  return seen;
}

describe("the stream", () => {
  it.each(["sha256", "sha512"] as const)("fails before its end when the %s is another one", async (algorithm) => {
    const { origin } = await serve((from, to) => sendFile(from, to, file.bytes));
    const source = await urlContent({ urls: [`${origin}/x.iso?token=s3cret`], checksum: other[algorithm] }, settings);
    const { stream, received } = await source.open();
    const { sizeBytes, hasEnded, error } = await drain(stream);
    expect(hasEnded).toBe(false);
    expect(sizeBytes).toBeLessThan(file.bytes.length);
    expect(error).toMatchObject({ code: "content-mismatch" });
    const told = String(error);
    expect(told).toContain(`expected ${other[algorithm]}, got ${file[algorithm]}`);
    expect(told).toContain(`${origin}/x.iso?…`);
    expect(told).not.toContain("s3cret");
    await expect(received).rejects.toMatchObject({ code: "content-mismatch" });
  });

  it("fails for an empty body as well", async () => {
    const { origin } = await serve((_, to) => void to.writeHead(200, { "content-length": 0 }).end());
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum: file.sha256 }, settings);
    await expect(read(source)).rejects.toMatchObject({ code: "content-mismatch" });
  });

  it("gives the SHA-256 even where SHA-512 is the pin", async () => {
    const { origin } = await serve((from, to) => sendFile(from, to, file.bytes));
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum: file.sha512 }, settings);
    expect(source.digest).toBe(file.sha512);
    const { stream, received } = await source.open();
    expect((await drain(stream)).hasEnded).toBe(true);
    await expect(received).resolves.toEqual({ sha256: file.sha256.slice(7), sizeBytes: file.bytes.length });
  });

  it("holds little in memory while nobody reads", async () => {
    let written = 0;
    const large = Buffer.alloc(1024 * 1024);
    const { origin } = await serve((_, to) => {
      to.writeHead(200, { "content-length": 512 * large.length });
      const more = () => {
        while (written < 512 && to.write(large)) written += 1;
      };
      to.on("drain", more);
      more();
    });
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum: file.sha256 }, settings);
    const { stream } = await source.open();
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What is under way is in the socket buffers of both ends.
    expect(written).toBeLessThan(32);
    stream.destroy();
  });

  it("frees the connection when its consumer goes away, before or in the middle of reading", async () => {
    const closed: Promise<unknown>[] = [];
    const { origin } = await serve((_, to) => {
      closed.push(new Promise((resolve) => to.on("close", resolve)));
      to.writeHead(200, { "content-length": 10 * file.bytes.length }).write(file.bytes);
    });
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum: file.sha256 }, settings);
    const untouched = await source.open();
    untouched.stream.destroy();
    const begun = await source.open();
    for await (const chunk of begun.stream) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await Promise.all(closed);
    await expect(untouched.received).rejects.toThrow("the stream was closed before its end");
    await expect(begun.received).rejects.toThrow("the stream was closed before its end");
  });
});
