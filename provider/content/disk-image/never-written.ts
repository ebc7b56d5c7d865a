// Detects that the disk of a virtual machine image was never written, from the tables of its qcow2.
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { tarBlock, tarHeader, tarPadded } from "./tar-header";

/** An image of an unwritten disk is smaller than this, packed and unpacked: the tables of 64 TiB take 1 MiB. */
export const largestUnwritten = 4 * 1024 * 1024;

const disk = "rootfs.img";
const qcow2HeaderBytes = 72;

/** Available only in newer versions of Node. */
const { zstdDecompress }: { zstdDecompress?: typeof zlib.gunzip } = zlib as typeof zlib & {
  zstdDecompress?: typeof zlib.gunzip;
};

/** Supported compressions, by the first bytes of the file. */
const compressions: [magic: string, decompress: typeof zlib.gunzip | undefined][] = [
  ["\x1f\x8b", zlib.gunzip],
  ["\x28\xb5\x2f\xfd", zstdDecompress],
];

/** `image`: a single file, as servers pack it. An unreadable image counts as written, to avoid false positives. */
export async function isNeverWritten(image: Buffer): Promise<boolean> {
  const tarball = await unpacked(image);
  const qcow2 = tarball && fileIn(tarball, disk);
  return qcow2 !== undefined && hasNoClusters(qcow2);
}

/** Undefined if the compression is not supported, the file is damaged, or it is too large for an unwritten disk. */
async function unpacked(image: Buffer): Promise<Buffer | undefined> {
  const compression = compressions.find(([magic]) => image.toString("latin1", 0, magic.length) === magic);
  if (compression === undefined) return image;
  const [, decompress] = compression;
  if (decompress === undefined) return undefined;
  return promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(decompress)(image, {
    maxOutputLength: largestUnwritten,
  }).catch(() => undefined);
}

function fileIn(tarball: Buffer, desired: string): Buffer | undefined {
  for (let at = 0; at + tarBlock <= tarball.length;) {
    const { name, size } = tarHeader(tarball.subarray(at, at + tarBlock));
    if (name === "" || !Number.isSafeInteger(size) || size < 0) return undefined;
    at += tarBlock;
    if (name.replace(/^\.\//, "") === desired) return tarball.subarray(at, at + size);
    at += tarPadded(size);
  }
  return undefined;
}

/** The first-level table refers to the second-level tables, and those to the data; an unwritten disk has neither. */
function hasNoClusters(qcow2: Buffer): boolean {
  if (qcow2.length < qcow2HeaderBytes || qcow2.toString("latin1", 0, 4) !== "QFI\xfb") return false;
  const [backingFile, firstTable] = [qcow2.readBigUInt64BE(8), Number(qcow2.readBigUInt64BE(40))];
  const [version, entries] = [qcow2.readUInt32BE(4), qcow2.readUInt32BE(36)];
  if ((version !== 2 && version !== 3) || backingFile !== 0n || entries === 0) return false;
  const table = qcow2.subarray(firstTable, firstTable + entries * 8);
  return table.length === entries * 8 && table.every((byte) => byte === 0);
}
