// The header of a file in a tarball: its name and its size.

/** Headers have this size, and so have the units in which files are laid out. */
export const tarBlock = 512;

/** The name is empty at the end of the tarball. */
export function tarHeader(header: Buffer): { name: string; size: number } {
  return { name: text(header, 0, 100), size: sizeIn(header) };
}

/** Where the header after a file of this size is, seen from where the file begins. */
export function tarPadded(size: number): number {
  return Math.ceil(size / tarBlock) * tarBlock;
}

/** Octal digits, or for what is larger than 8 GiB a binary number that is marked by the first bit. */
function sizeIn(header: Buffer): number {
  if ((header[124] ?? 0) >= 0x80) return Number(header.readBigUInt64BE(128));
  return parseInt(text(header, 124, 136), 8);
}

function text(buffer: Buffer, from: number, to: number): string {
  const field = buffer.toString("latin1", from, to);
  const end = field.indexOf("\0");
  return (end < 0 ? field : field.slice(0, end)).trim();
}
