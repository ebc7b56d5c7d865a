// Lists the files of a local folder, with their names in an image.
import { readdir } from "node:fs/promises";
import * as path from "node:path";
import { LxdError } from "../../base/errors";
import { expandPath } from "./file";

/** The names of all files below a folder, in an order independent of file system and platform. */
export async function filesBelow(folder: string): Promise<string[]> {
  const root = expandPath(folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const why = `the folder ${folder} cannot be read: ${(error as Error).message}`;
    throw new LxdError({ code: "invalid-argument", why, advice: "Paths are relative to the program's folder." });
  });
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  return files.map((entry) => nameBelow(root, path.join(entry.parentPath, entry.name))).sort();
}

/** Image paths use `/`, even if the files are read on Windows. */
export function nameBelow(root: string, file: string, platform: path.PlatformPath = path): string {
  return platform.relative(root, file).split(platform.sep).join("/");
}
