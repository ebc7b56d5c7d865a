// The licences of the packages in the bundle.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.mjs";

/**
 * Writes the licence of each package that has code in the bundle.
 * @param {{ moduleIds: string[] }[]} chunks
 * @param {string} file
 */
export async function noticesOf(chunks, file) {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds);
  const names = new Set(ids.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []));
  const notices = await Promise.all([...names].sort().map(notice));
  const head = "The files in this folder contain code of these packages, under their licences.\n";
  await writeFile(file, [head, ...notices].join(`\n${"-".repeat(80)}\n\n`));
}

async function notice(name) {
  const dir = join(root, "node_modules", name);
  const { version, license, homepage } = JSON.parse(await readFile(join(dir, "package.json"), "utf8"));
  const licence = (await readdir(dir)).find((each) => /^licen[cs]e/i.test(each));
  if (licence === undefined) throw new Error(`${name} has no licence file: do not bundle it.`);
  return `${name} ${version} (${license}), ${homepage}\n\n${await readFile(join(dir, licence), "utf8")}`;
}
