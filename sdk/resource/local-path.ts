// The path of a local file as programs write it. The provider, whose code programs do not load, finds files the same way.
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Relative to the program's folder, absolute, or from `~`. */
export function localPath(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
}
