// A local file as content: hashed once, streamed without a copy, and held to be the same file until its last byte.
import { createHash } from "node:crypto";
import { type BigIntStats } from "node:fs";
import { open, type FileHandle, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { LxdError } from "../errors";
import { type Content, type Opened, type ReportBytes } from "./content";
import { identityOf, recall, remember } from "./hash-cache";

/** Large enough to be fast, small enough that an upload's memory does not show. */
const chunkBytes = 512 * 1024;

export interface FileContent extends Content {
  readonly sizeBytes: number;
  readonly fileName: string;
  readonly path: string;
}

/** The path as people write it: relative to the program's folder, or from `~`. Symbolic links are followed. */
export function expandPath(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
}

/** Looks at a file and finds its hash, from memory if it is unchanged since the last time. */
export async function fileContent(given: string, report?: ReportBytes): Promise<FileContent> {
  const path = expandPath(given);
  const stats = await inspect(given, path);
  const sha256 = (await recall(stats)) ?? (await hashFile(path, stats, report));
  const content = { path, stats, sha256 };
  return {
    digest: `sha256:${sha256}`,
    sizeBytes: Number(stats.size),
    fileName: basename(path),
    path,
    open: () => openUnchanged(content),
  };
}

interface KnownFile {
  path: string;
  stats: BigIntStats;
  sha256: string;
}

async function inspect(given: string, path: string): Promise<BigIntStats> {
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw unreadable(given, path, error);
  });
  if (stats.isDirectory()) throw invalid(`${given} is a folder, not a file`, "Name the file in it.");
  if (!stats.isFile()) throw invalid(`${given} is no regular file`, "Name a regular file, or a link to one.");
  if (stats.size === 0n) throw invalid(`${given} is empty`, "Was its download or build cut short?");
  return stats;
}

async function hashFile(path: string, stats: BigIntStats, report?: ReportBytes): Promise<string> {
  const file = await openFile(path);
  try {
    const hash = createHash("sha256");
    let done = 0;
    for await (const chunk of chunks(file)) {
      hash.update(chunk);
      report?.((done += chunk.length), Number(stats.size));
    }
    await requireUnchanged(path, file, stats);
    const sha256 = hash.digest("hex");
    await remember(stats, sha256);
    return sha256;
  } finally {
    await file.close();
  }
}

async function openUnchanged({ path, stats, sha256 }: KnownFile): Promise<Opened> {
  const file = await openFile(path);
  try {
    await requireUnchanged(path, file, stats);
  } catch (error) {
    await file.close();
    throw error;
  }
  const sizeBytes = Number(stats.size);
  async function* body(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of chunks(file)) {
        // Looked at before the last byte goes out: a receiver never gets the whole of a file that changed.
        await requireUnchanged(path, file, stats);
        yield chunk;
      }
    } finally {
      await file.close();
    }
  }
  const stream = Readable.from(body(), { objectMode: false, highWaterMark: chunkBytes });
  return { stream, sizeBytes, received: Promise.resolve({ sha256, sizeBytes }) };
}

/** Reads ahead by one chunk, so that the disk works while the last one is used. */
async function* chunks(file: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  // A buffer of its own for each chunk: whoever got the last one may still be sending it.
  const read = (): Promise<{ bytesRead: number; buffer: Buffer }> =>
    file.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, position);
  let next = read();
  for (;;) {
    const { bytesRead, buffer } = await next;
    if (bytesRead === 0) return;
    position += bytesRead;
    next = read();
    yield buffer.subarray(0, bytesRead);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, "r").catch((error: unknown) => {
    throw unreadable(path, path, error);
  });
}

async function requireUnchanged(path: string, file: FileHandle, expected: BigIntStats): Promise<void> {
  const now = await file.stat({ bigint: true });
  if (identityOf(now) === identityOf(expected)) return;
  throw new LxdError({
    code: "content-mismatch",
    why: `${path} changed while it was read`,
    advice: "Let whatever writes it finish, then run `pulumi up` again.",
  });
}

function unreadable(given: string, path: string, error: unknown): LxdError {
  const code = (error as NodeJS.ErrnoException).code;
  const shown = given === path ? path : `${given} (${path})`;
  if (code === "ENOENT") return invalid(`there is no file ${shown}`, "Paths are relative to the program's folder.");
  if (code === "EACCES")
    return invalid(`${shown} may not be read by this user`, "Give this user the right to read it.");
  return invalid(`${shown} cannot be read: ${(error as Error).message}`);
}

function invalid(why: string, advice?: string): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}
