// What a local file is, is remembered: an unchanged file is not read again, and a big one never as a whole.
import { closeSync, ftruncateSync, openSync, utimesSync, writeSync } from "node:fs";
import * as promises from "node:fs/promises";
import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { tinyIso } from "../../../contract/harness";
import { recogniseFile } from "../../../../provider/content/recognition/local-file";
import { recogniseOpened } from "../../../../provider/content/recognition/opened";
import { countOpens, LocalFiles, settle } from "../local-files";

vi.mock("node:fs/promises", async (original) => ({ ...(await original<typeof promises>()) }));

describe("a local file", () => {
  const files = LocalFiles.use();

  it("is not read again while it is unchanged", async () => {
    const path = files.make(tinyIso());
    settle();
    const opens = countOpens();
    expect(await recogniseFile(path)).toEqual({ what: "medium", isHybrid: false });
    expect(await recogniseFile(path)).toEqual({ what: "medium", isHybrid: false });
    expect(opens.paths).toEqual([path]);
  });

  it("is read again after a change", async () => {
    const path = files.make("text\n");
    settle();
    expect(await recogniseFile(path)).toEqual({ what: "text", as: "text" });
    files.make(tinyIso());
    settle();
    expect(await recogniseFile(path)).toEqual({ what: "medium", isHybrid: false });
  });

  it("is not remembered while a further change could go unnoticed", async () => {
    const path = files.make("text\n");
    const opens = countOpens();
    await recogniseFile(path);
    await recogniseFile(path);
    expect(opens.paths).toEqual([path, path]);
  });

  it("is not taken for what a damaged cache says", async () => {
    const path = files.make(tinyIso());
    settle();
    await recogniseFile(path);
    const { dev, ino } = await promises.stat(path);
    await promises.writeFile(`${files.dir}/cache/pulumi-lxd/recognised/${dev}-${ino}.json`, "{");
    expect(await recogniseFile(path)).toEqual({ what: "medium", isHybrid: false });
  });

  it("of a terabyte is recognised at once", async () => {
    const path = files.make("");
    const file = openSync(path, "w");
    writeSync(file, "ustar", 257, "latin1");
    writeSync(file, "big", 0);
    // A member of 8 GiB less one byte, then nothing.
    writeSync(file, "77777777777", 124);
    ftruncateSync(file, 2 ** 40);
    closeSync(file);
    utimesSync(path, 1, 1);
    const found = await recogniseFile(path);
    expect(found).toMatchObject({ what: "tarball", holds: { isComplete: true } });
  });

  it.each(["no-such.iso", "empty.iso"])("is named if it cannot be read: %s", async (name) => {
    const path = name === "empty.iso" ? files.make("", name) : `${files.dir}/${name}`;
    await expect(recogniseFile(path)).rejects.toThrow(name);
  });
});

describe("the start of a stream", () => {
  it("is recognised, and the whole stream is still there", async () => {
    const bytes = Buffer.concat([tinyIso(), Buffer.alloc(900_000, "x")]);
    const chunks = [bytes.subarray(0, 100_000), bytes.subarray(100_000, 500_000), bytes.subarray(500_000)];
    const opened = {
      stream: Readable.from(chunks),
      sizeBytes: bytes.length,
      received: Promise.resolve({ sha256: "", sizeBytes: 0 }),
    };
    const { found, opened: again } = await recogniseOpened(opened);
    expect(found).toEqual({ what: "medium", isHybrid: false });
    const read: Buffer[] = [];
    for await (const chunk of again.stream) read.push(chunk as Buffer);
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
  });

  it("may be all of it", async () => {
    const opened = {
      stream: Readable.from([Buffer.from("<html>")]),
      sizeBytes: 6,
      received: Promise.resolve({ sha256: "", sizeBytes: 6 }),
    };
    expect((await recogniseOpened(opened)).found).toEqual({ what: "text", as: "html" });
  });
});
