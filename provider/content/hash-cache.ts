// Remembers the SHA-256 of files by device, inode, size and times, so that an unchanged file is never read twice.
import { type BigIntStats } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

const entrySchema = z.object({ identity: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * A file written this short a time ago could change again without its times telling: file systems' clocks are coarse.
 * Such a hash is used, but not remembered.
 */
const settledAfterMs = 2000n;

/** What is different as soon as a file's content was changed or another file put in its place. */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

export async function recall(stats: BigIntStats): Promise<string | undefined> {
  const text = await readFile(entryPath(stats), "utf8").catch(() => undefined);
  const entry = entrySchema.safeParse(text === undefined ? undefined : tryJson(text));
  return entry.success && entry.data.identity === identityOf(stats) ? entry.data.sha256 : undefined;
}

export async function remember(stats: BigIntStats, sha256: string): Promise<void> {
  if (BigInt(Date.now()) - stats.ctimeMs < settledAfterMs) return;
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
