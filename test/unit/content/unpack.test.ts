// Streams that are decompressed on their way: each compression, what is damaged, and what fails before or after.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { expect, it, vi } from "vitest";
import { byteStream, type ByteStream } from "../../../provider/content/byte-stream";
import { decompressed } from "../../../provider/content/unpack/unpack";
import { compressionOfName, type Unpackable } from "../../../provider/content/unpack/unpackable";
import { requireUnpacker } from "../../../provider/content/unpack/unpackers";
import { bytesOf } from "./bytes-of";

/** Does not compress to nothing, and is larger than what pipes hold. */
const plain = Buffer.concat(Array.from({ length: 40_000 }, (_, i) => createHash("sha256").update(String(i)).digest()));
const all: Unpackable[] = ["xz", "gzip", "zstd", "bzip2"];
const packed = (by: Unpackable): Buffer => execFileSync(by, ["-c", "-1"], { input: plain, maxBuffer: 2 ** 25 });
const isThere = (by: Unpackable): boolean => spawnSync(by, ["--help"]).error === undefined;

/** Lends one buffer, as streams of files do. */
function lending(bytes: Buffer, failure?: Error): ByteStream & { isClosed: () => boolean } {
  let isClosed = false;
  async function* chunks(): AsyncGenerator<Buffer> {
    const lent = Buffer.alloc(64 * 1024);
    for (let at = 0; at < bytes.length; at += lent.length) {
      yield lent.subarray(0, bytes.copy(lent, 0, at, at + lent.length));
      lent.fill(0);
      await Promise.resolve();
    }
    if (failure !== undefined) throw failure;
  }
  return Object.assign(
    byteStream(chunks(), () => (isClosed = true)),
    { isClosed: () => isClosed },
  );
}

for (const by of all) {
  const title = (text: string): string => `${by}: ${text}`;
  const each = isThere(by) ? it : (text: string): void => it.skip(`${text} (${by} is not installed)`, () => undefined);

  each(title("the bytes arrive as they were"), async () => {
    const source = lending(packed(by));
    expect((await bytesOf(decompressed(source, by))).equals(plain)).toBe(true);
    expect(source.isClosed()).toBe(true);
  });

  each(title("a cut file fails before the end"), async () => {
    const bytes = packed(by);
    const cut = decompressed(lending(bytes.subarray(0, bytes.length / 2)), by);
    await expect(bytesOf(cut)).rejects.toThrow(new RegExp(`cannot be decompressed with ${by}: .*(end|truncated)`));
  });

  each(title("a source that fails is the reason"), async () => {
    const source = lending(packed(by), new Error("the hash does not match"));
    await expect(bytesOf(decompressed(source, by))).rejects.toThrow("the hash does not match");
  });

  each(title("is let go of when nobody reads to the end"), async () => {
    const source = lending(packed(by));
    const chunks = decompressed(source, by)[Symbol.asyncIterator]();
    await chunks.next();
    await chunks.return?.();
    expect(source.isClosed()).toBe(true);
  });
}

it("names a program that is not there, and how to get it", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  try {
    await expect(requireUnpacker("xz")).rejects.toThrow(
      /the program xz, which is not on the PATH.*\nInstall it.*xz-utils/,
    );
    await expect(bytesOf(decompressed(lending(plain), "xz"))).rejects.toThrow(/xz, which is not on the PATH/);
    await expect(requireUnpacker("gzip")).resolves.toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
  }
});

it("is announced by the name of the file", () => {
  const names = ["disk.img.xz", "a.qcow2.GZ", "a.zst", "a.bz2", "disk.qcow2", "xz"];
  expect(names.map(compressionOfName)).toEqual(["xz", "gzip", "zstd", "bzip2", undefined, undefined]);
});
