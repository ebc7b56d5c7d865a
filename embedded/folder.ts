// Creates folders and reports the one that cannot be created.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Creates a folder and its parents. Node's recursive mkdir never returns if a folder such as `/proc` refuses. */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
