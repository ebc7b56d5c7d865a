// The unit in which an ISO image is laid out, and numbers as ISO 9660 writes them.

export const sectorBytes = 2048;

/** How many sectors so many bytes take. */
export function sectorsFor(sizeBytes: number): number {
  return Math.ceil(sizeBytes / sectorBytes);
}

/** A number twice: little-endian, then big-endian (ECMA-119 7.2.3). */
export function both16(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt16LE(value, 0);
  buffer.writeUInt16BE(value, 2);
  return buffer;
}

/** The same for 32 bits (ECMA-119 7.3.3). */
export function both32(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(value, 0);
  buffer.writeUInt32BE(value, 4);
  return buffer;
}
