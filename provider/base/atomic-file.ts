// Writes a file in one step: others see the old text or the new one, never a part.
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

interface Options {
  /** That of the file, which for secrets is 0o600. Default: as the process makes files. */
  mode?: number;
  /** Whether the text is on the disk afterwards, also if the machine loses power. */
  isDurable?: boolean;
}

/** Folders on the way are made. */
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
