// Reads that share one request: those of one check, and in all checks of a run those of projects, pools, profiles and
// networks, which many resources refer to.
import { isCode } from "../../../base/errors";
import { BulkReads } from "./bulk-reads";
import { type Answer } from "./requests";

/** Collections whose objects rarely change. An object that a resource manages is always read afresh. */
const shareable = /^\/1\.0\/(projects|storage-pools|profiles|networks|network-acls|cluster\/members)(\/[^/]+)?$/;
/** The free space of a pool, which every change may affect. */
const space = /^\/1\.0\/storage-pools\/[^/]+\/resources$/;

/** Results of reads, in progress or done. A failed read is not kept, except that an object does not exist. */
export class ReadMemory {
  readonly #reads = new Map<string, Promise<Answer>>();

  read(key: string, send: () => Promise<Answer>): Promise<Answer> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known;
    const reading = send();
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

/** The reads of one server that one run shares. */
export class SharedReads {
  /** What its refreshes read. */
  readonly bulk = new BulkReads();
  readonly #memory = new ReadMemory();

  constructor(readonly run: object) {}

  /** What its checks read. `onReuse` is called for an earlier answer. */
  read(path: string, send: () => Promise<Answer>, onReuse: () => void): Promise<Answer> {
    if (!shareable.test(pathOf(path)) && !space.test(pathOf(path))) return send();
    if (this.#memory.has(path)) onReuse();
    return this.#memory.read(path, send);
  }

  /** Forgets what a change of an object at this path may have affected. */
  changed(path: string): void {
    this.bulk.clear();
    const collection = collectionOf(path);
    const isInPool = collection === "storage-pools" && path.split("/").length > 4;
    this.#memory.forget((key) => {
      const isSameCollection = collectionOf(key) === collection && !isInPool;
      return space.test(pathOf(key)) || isSameCollection || collection === "projects";
    });
  }

  /** Forgets everything that checks have read. */
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
