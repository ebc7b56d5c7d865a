// Resolves local paths as programs write them. The provider resolves them in the same way, but programs do not load it.
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Resolves a path that is relative to the program's directory, absolute, or starts with `~`. */
export function localPath(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
}
