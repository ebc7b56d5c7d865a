// Caches what was computed of files by device, inode, size and times, so that an unchanged file is never read twice.
import { type BigIntStats } from "node:fs";
import * as z from "zod";
import { readCache, writeCache } from "../cache";

const settledAfterMs = 2000;

/** Changes whenever the content of a file changes or another file replaces it. */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/**
 * Whether a later change of the file would show in its times. A file written very recently could change again without
 * notice, since file system clocks are coarse. What is computed of it is used but not cached.
 */
export function isSettled(stats: BigIntStats): boolean {
  return new Date().getTime() - Number(stats.ctimeMs) >= settledAfterMs;
}

const ownerSchema = z.object({ identity: z.string() });

/** One kind of value, in a folder of its own. */
export class FileCache<Schema extends z.ZodObject> {
  constructor(
    private readonly folder: string,
    private readonly schema: Schema,
  ) {}

  async recall(stats: BigIntStats): Promise<z.output<Schema> | undefined> {
    const text = await readCache(this.#entryOf(stats));
    const entry = text === undefined ? undefined : tryJson(text);
    if (ownerSchema.safeParse(entry).data?.identity !== identityOf(stats)) return undefined;
    return this.schema.safeParse(entry).data;
  }

  remember(stats: BigIntStats, value: z.output<Schema>): void {
    writeCache(this.#entryOf(stats), JSON.stringify({ identity: identityOf(stats), ...value }));
  }

  #entryOf(stats: BigIntStats): string {
    return `${this.folder}/${stats.dev}-${stats.ino}.json`;
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
