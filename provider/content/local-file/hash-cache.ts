// Caches the SHA-256 of files by device, inode, size and times, so that an unchanged file is never read twice.
import { type BigIntStats } from "node:fs";
import { z } from "zod";
import { readCache, writeCache } from "../cache";

const entrySchema = z.object({ identity: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const settledAfterMs = 2000;

/** Changes whenever the content of a file changes or another file replaces it. */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/**
 * Whether a later change of the file would show in its times. A file written very recently could change again without
 * notice, since file system clocks are coarse. Its hash is used but not cached.
 */
export function isSettled(stats: BigIntStats): boolean {
  return new Date().getTime() - Number(stats.ctimeMs) >= settledAfterMs;
}

export async function recall(stats: BigIntStats): Promise<string | undefined> {
  const text = await readCache(entryOf(stats));
  const entry = entrySchema.safeParse(text === undefined ? undefined : tryJson(text));
  return entry.success && entry.data.identity === identityOf(stats) ? entry.data.sha256 : undefined;
}

export function remember(stats: BigIntStats, sha256: string): void {
  writeCache(entryOf(stats), JSON.stringify({ identity: identityOf(stats), sha256 }));
}

function entryOf(stats: BigIntStats): string {
  return `sha256/${stats.dev}-${stats.ino}.json`;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
