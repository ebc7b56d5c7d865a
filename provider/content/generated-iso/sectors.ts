// Sectors and integer encodings of ISO 9660.

export const sectorBytes = 2048;

/** The number of sectors for a number of bytes. */
export function sectorsFor(sizeBytes: number): number {
  return Math.ceil(sizeBytes / sectorBytes);
}

/** A 16-bit number in both byte orders: little-endian, then big-endian (ECMA-119 7.2.3). */
export function both16(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt16LE(value, 0);
  buffer.writeUInt16BE(value, 2);
  return buffer;
}

/** A 32-bit number in both byte orders (ECMA-119 7.3.3). */
export function both32(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(value, 0);
  buffer.writeUInt32BE(value, 4);
  return buffer;
}
