// Recognises a local file. What it is stays in the cache: an unchanged file is not read again.
import { type BigIntStats } from "node:fs";
import { open } from "node:fs/promises";
import { z } from "zod";
import { readCache, writeCache } from "../cache";
import { inspectFile } from "../local-file/file";
import { unreadable } from "../local-file/file-problems";
import { identityOf, isSettled } from "../local-file/hash-cache";
import { bytesOfFile } from "./bytes";
import { type Found } from "./found";
import { recognise } from "./recognise";

/** Increased whenever a file can be recognised as something else than before. */
const version = 1;

const entrySchema = z.object({
  identity: z.string(),
  version: z.literal(version),
  found: z.custom<Found>((value) => typeof value === "object" && value !== null && "what" in value),
});

export async function recogniseFile(given: string): Promise<Found> {
  const { path, stats } = await inspectFile(given);
  const known = await recall(stats);
  if (known !== undefined) return known;
  // Evaluated before the first byte is read: a change during the read may be too recent to detect.
  const settled = isSettled(stats);
  const file = await open(path, "r").catch((error: unknown) => {
    throw unreadable(given, path, error);
  });
  const found = await recognise(bytesOfFile(file, Number(stats.size))).finally(() => file.close());
  if (settled) writeCache(entryOf(stats), JSON.stringify({ identity: identityOf(stats), version, found }));
  return found;
}

async function recall(stats: BigIntStats): Promise<Found | undefined> {
  const text = await readCache(entryOf(stats));
  if (text === undefined) return undefined;
  const entry = entrySchema.safeParse(tryJson(text));
  return entry.success && entry.data.identity === identityOf(stats) ? entry.data.found : undefined;
}

function entryOf(stats: BigIntStats): string {
  return `recognised/${stats.dev}-${stats.ino}.json`;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
