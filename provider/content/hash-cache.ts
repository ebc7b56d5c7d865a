// Remembers the SHA-256 of files by device, inode, size and times, so that an unchanged file is never read twice.
import { type BigIntStats } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

const entrySchema = z.object({ identity: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const settledAfterMs = 2000;

/** What is different as soon as a file's content was changed or another file put in its place. */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/**
 * Whether the next change of a file will show in its times. One that was written this short a time ago could change
 * again without: file systems' clocks are coarse. Its hash is used, but not remembered.
 */
export function isSettled(stats: BigIntStats): boolean {
  return Date.now() - Number(stats.ctimeMs) >= settledAfterMs;
}

export async function recall(stats: BigIntStats): Promise<string | undefined> {
  const text = await readFile(entryPath(stats), "utf8").catch(() => undefined);
  const entry = entrySchema.safeParse(text === undefined ? undefined : tryJson(text));
  return entry.success && entry.data.identity === identityOf(stats) ? entry.data.sha256 : undefined;
}

export async function remember(stats: BigIntStats, sha256: string): Promise<void> {
  const path = entryPath(stats);
  const temporary = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, JSON.stringify({ identity: identityOf(stats), sha256 }));
    await rename(temporary, path);
  } catch {
    // A cache that cannot be written (a read-only home, a full disk) costs time, not correctness.
  }
}

function entryPath(stats: BigIntStats): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "pulumi-lxd", "sha256", `${stats.dev}-${stats.ino}.json`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
