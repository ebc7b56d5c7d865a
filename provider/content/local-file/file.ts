// A local file as content: resolved from the user's path and identified by its hash, which is cached.
import { type BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import { SingleFlight } from "../../base/concurrency";
import { LxdError } from "../../base/errors";
import { type Content, type Reader } from "../content";
import { hashFile, openUnchanged } from "./file-bytes";
import { unreadable } from "./file-problems";
import { FileCache, identityOf, isSettled } from "./file-cache";

export interface FileContent extends Content {
  readonly sizeBytes: number;
  readonly fileName: string;
  readonly path: string;
}

/** Expands a user's path: relative to the program's folder, or from `~`. Symbolic links are followed. */
export function expandPath(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
}

/** Reads the metadata and hash of a file; the hash comes from the cache if the file is unchanged. */
export async function fileContent(given: string, reader: Reader = {}): Promise<FileContent> {
  const { path, stats } = await inspectFile(given);
  const sha256 = (await cached.recall(stats))?.sha256 ?? (await hashOnce(path, stats, reader));
  const content = { path, stats, sha256 };
  return {
    digest: `sha256:${sha256}`,
    sizeBytes: Number(stats.size),
    fileName: basename(path),
    path,
    open: () => openUnchanged(content),
  };
}

/** The resolved path and the metadata of a regular file that is not empty. */
export async function inspectFile(given: string): Promise<{ path: string; stats: BigIntStats }> {
  const path = expandPath(given);
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw unreadable(given, path, error);
  });
  if (stats.isDirectory()) throw invalid(`${given} is a folder, not a file`, "Use the path of the file in it.");
  if (!stats.isFile()) throw invalid(`${given} is not a regular file`, "Use a regular file, or a link to one.");
  if (stats.size === 0n) throw invalid(`${given} is empty`, "Check whether its download or build was interrupted.");
  return { path, stats };
}

const cached = new FileCache("sha256", z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }));
const hashes = new SingleFlight<string>();

/** Several resources may use one file: it is read once for all of them. */
function hashOnce(path: string, stats: BigIntStats, reader: Reader): Promise<string> {
  return hashes.run(identityOf(stats), () => hashAndRemember(path, stats, reader));
}

async function hashAndRemember(path: string, stats: BigIntStats, reader: Reader): Promise<string> {
  // Evaluated before the first byte is read: a change during the read may be too recent to detect.
  const settled = isSettled(stats);
  const sha256 = await hashFile(path, stats, reader);
  if (settled) cached.remember(stats, { sha256 });
  return sha256;
}

function invalid(why: string, advice: string): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}
