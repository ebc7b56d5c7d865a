// Which images of virtual machines have a disk that was never written: real ones of qemu-img, and what is none.
import { execFile } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { isNeverWritten } from "../../../provider/content/disk-image/never-written";

const run = promisify(execFile);

interface Disk {
  sizeBytes?: number;
  /** Where something is written. */
  at?: number;
  /** Of the conversion. */
  options?: string[];
}

const [small, large] = [64 * 1024 * 1024, 2 ** 43];
/** Where its disk begins in the tarball: behind the metadata. */
const diskAt = 3 * 512;

describe("the image of a virtual machine", () => {
  let dir = "";
  beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "never-written-"))));
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** A raw disk as servers pack it: converted, and beside the metadata in a tarball. */
  async function packed(context: TestContext, { sizeBytes = small, at, options = [] }: Disk = {}): Promise<Buffer> {
    const tool = await run("qemu-img", ["--version"]).catch(() => undefined);
    if (tool === undefined) context.skip("no qcow2 can be made without qemu-img: apt-get install qemu-utils");
    const file = await open(join(dir, "root.img"), "w");
    await file.truncate(sizeBytes);
    if (at !== undefined) await file.write("installed", at);
    await file.close();
    const convert = ["convert", "-f", "raw", "-O", "qcow2", ...options, "root.img", "rootfs.img"];
    await run("qemu-img", convert, { cwd: dir });
    await writeFile(join(dir, "metadata.yaml"), "architecture: x86_64\n");
    await run("tar", ["-cf", "image.tar", "metadata.yaml", "rootfs.img"], { cwd: dir });
    return readFile(join(dir, "image.tar"));
  }

  it.for<[string, Disk, boolean]>([
    ["was never written", {}, true],
    ["is large and was never written", { sizeBytes: large }, true],
    ["was never written, in compressed clusters", { options: ["-c"] }, true],
    ["was never written, in the old format", { options: ["-o", "compat=0.10"] }, true],
    ["was written at its beginning", { at: 0 }, false],
    ["was written at its end", { at: small - 512 }, false],
    ["is large and was written far behind", { sizeBytes: large, at: 2 ** 42 }, false],
    ["was written, in compressed clusters", { at: 0, options: ["-c"] }, false],
  ])("is known by its disk, which %s", async ([, disk, expected], context) => {
    expect(await isNeverWritten(await packed(context, disk))).toBe(expected);
  });

  const { zstdCompressSync } = zlib as typeof zlib & { zstdCompressSync?: typeof zlib.gzipSync };
  it("is read through gzip, and zstd where Node has it", async (context) => {
    const [blank, written] = [await packed(context), await packed(context, { at: 0 })];
    for (const compress of [zlib.gzipSync, zstdCompressSync]) {
      if (compress === undefined) continue;
      expect(await isNeverWritten(compress(blank))).toBe(true);
      expect(await isNeverWritten(compress(written))).toBe(false);
    }
  });

  it("counts as written in any other compression", async (context) => {
    await packed(context);
    for (const [tool, suffix] of [
      ["xz", "xz"],
      ["bzip2", "bz2"],
    ] as const) {
      await run(tool, ["-k", "image.tar"], { cwd: dir });
      expect(await isNeverWritten(await readFile(join(dir, `image.tar.${suffix}`)))).toBe(false);
    }
  });

  it("counts as written when it unpacks to more than any blank one has", async (context) => {
    const zeros = Buffer.alloc(5 * 1024 * 1024);
    expect(await isNeverWritten(zlib.gzipSync(Buffer.concat([await packed(context), zeros])))).toBe(false);
  });

  it("counts as written when it ends too early, wherever", async (context) => {
    const blank = await packed(context);
    // The first table is in the fourth cluster.
    for (const bytes of [0, 1, 511, 512, diskAt, diskAt + 50, diskAt + 3 * 65536]) {
      expect(await isNeverWritten(blank.subarray(0, bytes)), String(bytes)).toBe(false);
    }
    const gzipped = zlib.gzipSync(blank);
    for (const bytes of [2, 20, gzipped.length - 1]) {
      expect(await isNeverWritten(gzipped.subarray(0, bytes)), String(bytes)).toBe(false);
    }
  });

  /** Field by field, what a qcow2 of an unwritten disk cannot have. */
  it.for<[string, number, bigint]>([
    ["another signature", 0, 0n],
    ["a backing file", 8, 512n],
    ["a first table of no entries", 32, 0n],
    ["a first table of as many entries as can be said", 32, 0xffff_ffffn],
    ["a first table beyond its end", 40, 1n << 62n],
    ["an entry in the first table", 3 * 65536, 0x8000_0000_0004_0000n],
  ])("counts as written with %s", async ([, offset, value], context) => {
    const blank = await packed(context);
    expect(await isNeverWritten(blank)).toBe(true);
    blank.writeBigUInt64BE(value, diskAt + offset);
    expect(await isNeverWritten(blank)).toBe(false);
  });

  it("counts as written in another version of the format", async (context) => {
    const blank = await packed(context);
    blank.writeUInt32BE(4, diskAt + 4);
    expect(await isNeverWritten(blank)).toBe(false);
  });

  it("counts as written when a size in the tarball is none", async (context) => {
    const blank = await packed(context);
    for (const size of ["", "-1", "zzz"]) {
      blank.fill(0, 124, 136).write(size, 124);
      expect(await isNeverWritten(blank), size).toBe(false);
    }
  });
});
