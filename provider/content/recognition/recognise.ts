// Recognises what a file or the start of a stream is.
import { type Bytes, bytesOfHead, sequenceOf } from "./bytes";
import { decompressed } from "./decompress";
import { mediumBytes, recogniseDisk } from "./disks";
import { type Compression, type Found } from "./found";
import { recogniseTarball } from "./tarball";
import { textKind } from "./text";

/** How much of a stream is read to recognise it. */
export const headBytes = 256 * 1024;
const textBytes = 4096;

/** Signatures of several bytes, so that no other file has one by chance. */
const compressed: [Compression, RegExp][] = [
  ["gzip", /^\x1f\x8b\x08[\0-\x1f]/],
  ["xz", /^\xfd7zXZ\0/],
  ["bzip2", /^BZh[1-9](1AY&SY|\x17rE8P\x90)/],
  ["zstd", /^\x28\xb5\x2f\xfd/],
  ["lzma", /^\x5d\0\0(?!\0\0)[^]{2}(\xff{8}|[^]{5}\0{3})/],
  ["lz4", /^\x04\x22\x4d\x18/],
  ["zip", /^PK(\x03\x04|\x05\x06|\x07\x08)/],
  ["7z", /^7z\xbc\xaf\x27\x1c/],
];

export async function recognise(bytes: Bytes): Promise<Found> {
  const head = await bytes.read(0, textBytes);
  const start = head.toString("latin1", 0, 16);
  const by = compressed.find(([, signature]) => signature.test(start))?.[0];
  if (by !== undefined) return { what: "compressed", by, inside: await recogniseInside(bytes, by) };
  if (isTarball(head)) return { what: "tarball", holds: await recogniseTarball(sequenceOf(bytes)) };
  const disk = await recogniseDisk(bytes);
  if (disk !== undefined) return disk;
  const kind = textKind(head, bytes.sizeBytes === head.length);
  if (kind !== undefined) return { what: "text", as: kind };
  const isBlank = head.length > 0 && (await bytes.read(0, mediumBytes)).every((byte) => byte === 0);
  return { what: isBlank ? "blank" : "unknown" };
}

async function recogniseInside(bytes: Bytes, by: Compression): Promise<Found | undefined> {
  const inside = decompressed(bytes, by);
  if (inside === undefined) return undefined;
  try {
    const head = await inside.take(mediumBytes);
    if (head.length === 0) return undefined;
    if (!isTarball(head)) return await recognise(bytesOfHead(head, inside.isAtEnd()));
  } finally {
    inside.close();
  }
  const again = decompressed(bytes, by);
  try {
    return again && { what: "tarball", holds: await recogniseTarball(again) };
  } finally {
    again?.close();
  }
}

/** GNU and ustar; the daemons do not accept older tarballs, which have no signature. */
function isTarball(head: Buffer): boolean {
  return head.toString("latin1", 257, 262) === "ustar";
}
