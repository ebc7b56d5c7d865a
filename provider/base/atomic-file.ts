// Writes files atomically: readers see either the old or the new text, never a part.
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

interface Options {
  /** The file's mode; use 0o600 for secrets. Default: the process's default. */
  mode?: number;
  /** Whether to flush to disk, so that the text survives a power failure. */
  isDurable?: boolean;
}

/** Creates missing parent directories. */
export function writeAtomically(path: string, text: string, { mode = 0o666, isDurable = true }: Options = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(temporary, text, { mode, flush: isDurable });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
