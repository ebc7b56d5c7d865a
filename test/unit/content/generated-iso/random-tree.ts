// Random but repeatable trees of files: all kinds of names, sizes around the borders of sectors, folders in folders.
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";

export type Files = Record<string, IsoFile & { bytes: Uint8Array }>;

/** The same numbers for the same seed, on every machine (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const alphabets = [
  "abcdefghijklmnopqrstuvwxyz0123456789",
  "ABCxyz_-.,;;%$#@!~^&()[]{}'`+= ".replaceAll(";", ""),
  "äöüßéñЖДщ日本語ไทย",
];
const lengths = [1, 2, 5, 8, 12, 13, 30, 31, 32, 64, 90, 102];
const sizes = [0, 1, 2, 100, 2047, 2048, 2049, 4096, 9000];

/** A tree of up to `count` files; what Windows would take for the same name is left out. */
export function randomFiles(seed: number, count = 60): Files {
  const next = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const name = () => randomName(pick(alphabets), Math.min(pick(lengths), 84), pick);
  const folders = [""];
  const files: Files = {};
  const taken = new Set<string>();
  for (let i = 0; i < count; i += 1) {
    const path = `${pick(folders)}${name()}`;
    if (path.length > 200 || taken.has(path.toLowerCase())) continue;
    taken.add(path.toLowerCase());
    if (next() < 0.2 && path.split("/").length < 7) folders.push(`${path}/`);
    else files[path] = { bytes: Buffer.alloc(pick(sizes), Math.floor(next() * 255) + 1) };
  }
  return files;
}

function randomName(alphabet: string, length: number, pick: (from: readonly string[]) => string): string {
  const characters = Array.from(alphabet);
  const text = Array.from({ length }, () => pick(characters)).join("");
  // Neither end may be cut off by Windows.
  return `${text.slice(0, -1)}x`;
}
