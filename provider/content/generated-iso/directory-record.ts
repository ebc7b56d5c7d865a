// Encodes a directory record: the name and location of a file or folder.
import { both16, both32 } from "./sectors";
import { recordTimestamp } from "./timestamp";

/** A location in the final layout. */
export interface Extent {
  sector: number;
  sizeBytes: number;
}

/** The largest even length that fits into one byte. */
export const recordMax = 254;

/** The fixed part of a record and its identifier, padded to an even length. */
export function headBytes(identifier: Buffer): number {
  return (33 + identifier.length + 1) & ~1;
}

interface RecordFields {
  identifier: Buffer;
  extent: Extent;
  isFolder: boolean;
  inline: Buffer;
}

/** One directory record (ECMA-119 9.1). */
export function encodeRecord({ identifier, extent, isFolder, inline }: RecordFields): Buffer {
  const record = Buffer.alloc((headBytes(identifier) + inline.length + 1) & ~1);
  record.writeUInt8(record.length, 0);
  both32(extent.sector).copy(record, 2);
  both32(extent.sizeBytes).copy(record, 10);
  recordTimestamp.copy(record, 18);
  record.writeUInt8(isFolder ? 2 : 0, 25);
  both16(1).copy(record, 28);
  record.writeUInt8(identifier.length, 32);
  identifier.copy(record, 33);
  inline.copy(record, headBytes(identifier));
  return record;
}
