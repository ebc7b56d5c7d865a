// Reads that share one request: those of one check, and in all checks of a run those of projects, pools, profiles and
// networks, which many resources refer to.
import { isCode } from "../../../base/errors";

/** Collections whose objects rarely change. An object that a resource manages is always read afresh. */
const shareable = /^\/1\.0\/(projects|storage-pools|profiles|networks|network-acls|cluster\/members)(\/[^/]+)?$/;
/** The free space of a pool, which every change may affect. */
const space = /^\/1\.0\/storage-pools\/[^/]+\/resources$/;

/** Decides for each read whether it is sent. */
export interface Reads {
  /** Returns an earlier result for a path with its query, or calls `read`. */
  read<T>(path: string, read: () => Promise<T>): Promise<T>;
}

/** Results of reads, in progress or done. A failed read is not kept, except that an object does not exist. */
export class ReadMemory {
  readonly #reads = new Map<string, Promise<unknown>>();

  read<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    this.#reads.set(key, reading);
    reading.catch((error: unknown) => {
      if (!isCode(error, "not-found") && this.#reads.get(key) === reading) this.#reads.delete(key);
    });
    return reading;
  }

  has(key: string): boolean {
    return this.#reads.has(key);
  }

  forget(isForgotten: (key: string) => boolean): void {
    for (const key of this.#reads.keys()) if (isForgotten(key)) this.#reads.delete(key);
  }
}

/** The reads of one server that the checks of one run share. */
export class SharedReads {
  readonly #memory = new ReadMemory();

  constructor(readonly run: object) {}

  /** `onReuse` is called for an earlier result. */
  read<T>(path: string, read: () => Promise<T>, onReuse: () => void): Promise<T> {
    if (!shareable.test(pathOf(path)) && !space.test(pathOf(path))) return read();
    if (this.#memory.has(path)) onReuse();
    return this.#memory.read(path, read);
  }

  /** Forgets what a change of an object at this path may have affected. */
  changed(path: string): void {
    const collection = collectionOf(path);
    const isInPool = collection === "storage-pools" && path.split("/").length > 4;
    this.#memory.forget((key) => {
      const isSameCollection = collectionOf(key) === collection && !isInPool;
      return space.test(pathOf(key)) || isSameCollection || collection === "projects";
    });
  }

  /** Forgets everything. */
  clear(): void {
    this.#memory.forget(() => true);
  }
}

function pathOf(key: string): string {
  return key.split("?")[0] ?? "";
}

function collectionOf(key: string): string {
  return pathOf(key).split("/")[2] ?? "";
}
