// A minimal tar implementation for images: finds two entries, and writes an archive.
import type { Readable } from "node:stream";

import { ByteReader } from "./byte-reader";

export interface TarEntry {
  path: string;
  sizeBytes: number;
}

const BLOCK = 512;
const NAME_LIMIT_BYTES = 1 << 20;
const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

const textAt = (header: Buffer, start: number, length: number): string =>
  header.toString("utf8", start, start + length).split("\0")[0] ?? "";

/** Sizes are octal text, or from 8 GiB on a big-endian number with the top bit set. */
function sizeOf(header: Buffer): number {
  if ((header[124] ?? 0) & 0x80) return Number(header.readBigUInt64BE(128));
  return parseInt(textAt(header, 124, 12).trim() || "0", 8);
}

/** The `path` of a pax header: lines of `<length> key=value`. */
const paxPath = (text: string): string | undefined => /\d+ path=(.*)\n/.exec(text)?.[1];

/** Calls `visit` for each entry in turn until it returns true; `read` returns the bytes of the current entry. */
export async function scanTar(
  stream: Readable,
  visit: (entry: TarEntry, read: () => Promise<Buffer>) => Promise<boolean>,
): Promise<void> {
  const bytes = new ByteReader(stream);
  let longName: string | undefined;
  for (;;) {
    const header = await bytes.read(BLOCK);
    if (header.length < BLOCK || header.every((byte) => byte === 0)) return;
    const sizeBytes = sizeOf(header);
    const kind = textAt(header, 156, 1);
    if ((kind === "L" || kind === "x") && sizeBytes <= NAME_LIMIT_BYTES) {
      const text = (await bytes.read(padded(sizeBytes))).toString("utf8", 0, sizeBytes);
      longName = kind === "L" ? text.split("\0")[0] : (paxPath(text) ?? longName);
      continue;
    }
    const prefix = textAt(header, 345, 155);
    const path = longName ?? (prefix ? `${prefix}/` : "") + textAt(header, 0, 100);
    longName = undefined;
    let left = padded(sizeBytes);
    const read = async () => {
      const data = await bytes.read(left);
      left = 0;
      return data.subarray(0, sizeBytes);
    };
    if (await visit({ path, sizeBytes }, read)) return;
    await bytes.skip(left);
  }
}

function headerOf(path: string, content: Buffer | undefined): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  header.write(path, 0);
  header.write(octal(content ? 0o644 : 0o755, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content?.length ?? 0, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write(content ? "0" : "5", 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A tar file of small entries; a path without content is a folder. */
export function packTar(entries: readonly { path: string; content?: string | Buffer }[]): Buffer {
  const blocks = entries.flatMap(({ path, content }) => {
    const data = typeof content === "string" ? Buffer.from(content) : content;
    const body = Buffer.alloc(padded(data?.length ?? 0));
    data?.copy(body);
    return [headerOf(path, data), body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}
