// Recognises a local file. What it is stays in the cache: an unchanged file is not read again.
import { open } from "node:fs/promises";
import * as z from "zod";
import { inspectFile } from "../local-file/file";
import { unreadable } from "../local-file/file-problems";
import { FileCache, isSettled } from "../local-file/file-cache";
import { bytesOfFile } from "./bytes";
import { type Found } from "./found";
import { recognise } from "./recognise";

/** Increased whenever a file can be recognised as something else than before. */
const version = 2;

const recognised = new FileCache(
  "recognised",
  z.object({
    version: z.literal(version),
    found: z.custom<Found>((value) => typeof value === "object" && value !== null && "what" in value),
  }),
);

export async function recogniseFile(given: string): Promise<Found> {
  const { path, stats } = await inspectFile(given);
  const known = await recognised.recall(stats);
  if (known !== undefined) return known.found;
  // Evaluated before the first byte is read: a change during the read may be too recent to detect.
  const settled = isSettled(stats);
  const file = await open(path, "r").catch((error: unknown) => {
    throw unreadable(given, path, error);
  });
  const found = await recognise(bytesOfFile(file, Number(stats.size))).finally(() => file.close());
  if (settled) recognised.remember(stats, { version, found });
  return found;
}
