// What was computed before, as small texts in the user's cache folder. A cache that cannot be read or written (a user
// without a home, a read-only one, a full disk) costs time, not correctness.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../base/atomic-file";

/** `name` is a path below the cache folder. */
export async function readCache(name: string): Promise<string | undefined> {
  try {
    return await readFile(pathOf(name), "utf8");
  } catch {
    return undefined;
  }
}

/** Nobody sees half of a text. */
export function writeCache(name: string, text: string): void {
  try {
    writeAtomically(pathOf(name), text, { isDurable: false });
  } catch {
    // The next run computes it again.
  }
}

/** Throws for a user of whom the system knows no home, as in some containers. */
function pathOf(name: string): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-lxd", name);
}
