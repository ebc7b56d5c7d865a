// Path tables: all folders of a namespace in one list, once little-endian and once big-endian.
import { type Directory, type FindExtent } from "./directory";

/** Path tables store folder numbers in 16 bits. */
export const foldersMax = 0xffff;

/** The size of one table. */
export function pathTableBytes(directories: readonly Directory[]): number {
  return directories.reduce((sum, { identifier }) => sum + entryBytes(identifier), 0);
}

export function encodePathTable(directories: readonly Directory[], extentOf: FindExtent, order: "LE" | "BE"): Buffer {
  return Buffer.concat(
    directories.map(({ folder, identifier, parentNumber }) => {
      const entry = Buffer.alloc(entryBytes(identifier));
      const { sector } = extentOf(folder);
      entry.writeUInt8(identifier.length, 0);
      if (order === "LE") entry.writeUInt32LE(sector, 2);
      else entry.writeUInt32BE(sector, 2);
      if (order === "LE") entry.writeUInt16LE(parentNumber, 6);
      else entry.writeUInt16BE(parentNumber, 6);
      identifier.copy(entry, 8);
      return entry;
    }),
  );
}

function entryBytes(identifier: Buffer): number {
  return 8 + ((identifier.length + 1) & ~1);
}
