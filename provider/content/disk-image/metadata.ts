// Generates the metadata tarball of a disk image, byte for byte identical for the same architecture.

const block = 512;

export function metadataTarball(architecture: string): Buffer {
  // The daemons require a creation date, but the disk's is unknown, and the current time would change the image on each
  // run.
  const content = Buffer.from(`architecture: ${architecture}\ncreation_date: 1\n`);
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return Buffer.concat([header("metadata.yaml", content.length), content, padding, Buffer.alloc(2 * block)]);
}

/** A ustar header. */
function header(name: string, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  const fields: [number, string][] = [
    [0, name],
    [100, octal(0o644, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(sizeBytes, 11)],
    [136, octal(1, 11)],
    [148, " ".repeat(8)],
    [156, "0"],
    [257, "ustar"],
    [263, "00"],
  ];
  for (const [at, text] of fields) bytes.write(text, at, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return bytes;
}
