// An archive with one file, in the format that the Linux kernel unpacks during boot (cpio, "newc").

export function archive(name: string, text: string): string {
  return entry(name, text) + entry("TRAILER!!!", "");
}

function entry(name: string, text: string): string {
  const regularFile = 0o100644;
  const fields = [0, regularFile, 0, 0, 1, 0, Buffer.byteLength(text), 0, 0, 0, 0, name.length + 1, 0];
  const header = fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return padded(`070701${header}${name}\0`) + padded(text);
}

function padded(part: string): string {
  return part + "\0".repeat((4 - (Buffer.byteLength(part) % 4)) % 4);
}
