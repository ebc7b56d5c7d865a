// The compressions that are removed from a disk on its way.
import { type Compression } from "../recognition/found";

/** Compressions of disks, with the usual ends of their file names. */
export const unpackable = { xz: [".xz"], gzip: [".gz"], zstd: [".zst", ".zstd"], bzip2: [".bz2"] } as const;
export type Unpackable = keyof typeof unpackable;

export function isUnpackable(by: Compression): by is Unpackable {
  return by in unpackable;
}

/** The compression that a file name announces. */
export function compressionOfName(fileName: string): Unpackable | undefined {
  const names = Object.keys(unpackable) as Unpackable[];
  return names.find((by) => unpackable[by].some((end) => fileName.toLowerCase().endsWith(end)));
}
