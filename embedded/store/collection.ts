// A named set of records, held in memory and written through to one JSON file per record.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Encodes any text as a file name: readable if possible, hashed if it would be too long. */
export function toFileName(key: string): string {
  const encoded = encodeURIComponent(key).replaceAll(".", "%2E").replaceAll("*", "%2A");
  return encoded.length <= 180 ? encoded : createHash("sha256").update(key).digest("hex");
}

interface Stored<T> {
  key: string;
  value: T;
}

function read<T>(path: string): Stored<T> {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text) as Stored<T>;
  } catch (cause) {
    const what = `${path} is not a record of the embedded daemon`;
    throw new Error(`${what}. Delete that file, or choose another folder.`, { cause });
  }
}

export class Collection<T> {
  readonly #dir: string;
  readonly #records = new Map<string, T>();
  #isClosed = false;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
    for (const file of readdirSync(dir).filter((name) => name.endsWith(".json"))) {
      const { key, value } = read<T>(join(dir, file));
      this.#records.set(key, value);
    }
  }

  /** The record, or undefined. Read-only: change it with `set`. */
  find(key: string): T | undefined {
    return this.#records.get(key);
  }

  /** All records, sorted by key, in the real daemons' order. */
  all(): T[] {
    return [...this.#records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }

  /** Adds or replaces a record. The write is atomic, even if the process is killed. */
  set(key: string, value: T): void {
    this.#requireOpen();
    const path = this.#path(key);
    writeFileSync(`${path}.tmp`, JSON.stringify({ key, value } satisfies Stored<T>, null, 2));
    renameSync(`${path}.tmp`, path);
    this.#records.set(key, value);
  }

  delete(key: string): void {
    this.#requireOpen();
    rmSync(this.#path(key), { force: true });
    this.#records.delete(key);
  }

  /** Rejects all further changes. */
  close(): void {
    this.#isClosed = true;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new Error("the daemon was killed");
  }

  #path(key: string): string {
    return join(this.#dir, `${toFileName(key)}.json`);
  }
}
