// Parses a tar header: name and size of a file.

/** The size of a header, and the unit to which files are padded. */
export const tarBlock = 512;

/** The name is empty at the end of the tarball. */
export function tarHeader(header: Buffer): { name: string; size: number } {
  return { name: text(header, 0, 100), size: sizeIn(header) };
}

/** The padded size of a file: the offset of the next header from the start of the file. */
export function tarPadded(size: number): number {
  return Math.ceil(size / tarBlock) * tarBlock;
}

/** Octal digits, or a binary number marked by the first bit for sizes above 8 GiB. */
function sizeIn(header: Buffer): number {
  if ((header[124] ?? 0) >= 0x80) return Number(header.readBigUInt64BE(128));
  return parseInt(text(header, 124, 136), 8);
}

function text(buffer: Buffer, from: number, to: number): string {
  const field = buffer.toString("latin1", from, to);
  const end = field.indexOf("\0");
  return (end < 0 ? field : field.slice(0, end)).trim();
}
