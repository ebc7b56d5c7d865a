// Writes the declarations that a user's compiler can reach from the exports of the package.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { mustRun, root } from "../root.mjs";

const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const entries = ["sdk/index.d.ts", "provider/index.d.ts", "embedded/index.d.ts"];

/**
 * Checks the types of the sources.
 * @param {string} dir
 */
export async function declarations(dir) {
  const all = mkdtempSync(`${dir}-types-`);
  try {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await mustRun(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", all]);
    for (const file of reachable(all)) {
      const to = join(dir, relative(all, file));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

function reachable(all) {
  const files = new Set(entries.map((entry) => join(all, entry)));
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"));
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith(".")) files.add(declared(file, fileName));
      else requireInstalled(fileName, relative(all, file));
    }
  }
  return files;
}

/** A user has the dependencies of the package, and not what is in the bundle. */
function requireInstalled(name, file) {
  const isInstalled = Object.keys(dependencies).some((each) => name === each || name.startsWith(`${each}/`));
  if (!isInstalled && !name.startsWith("node:")) throw new Error(`${file} names types of ${name}, which users lack.`);
}

function declared(from, name) {
  const path = join(dirname(from), name.replace(/\.js$/, ""));
  return [`${path}.d.ts`, join(path, "index.d.ts")].find((file) => existsSync(file));
}
