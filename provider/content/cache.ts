// Caches computed values as small text files in the user's cache folder. An unreadable or read-only cache (a user
// without a home, a full disk) costs time, not correctness.
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

/** The write is atomic: no reader sees a partial text. */
export function writeCache(name: string, text: string): void {
  try {
    writeAtomically(pathOf(name), text, { isDurable: false });
  } catch {
    // The next run computes it again.
  }
}

/** Throws if the system has no home directory for the user, as in some containers. */
function pathOf(name: string): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-lxd", name);
}
