// Builds dist/ from sdk/, provider/, embedded/ and cli/, and replaces it atomically at the end.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./build/bundle.mjs";
import { declarations } from "./build/declarations.mjs";
import { placePluginFiles, placeProject } from "./build/plugin.mjs";
import { isMain, root } from "./root.mjs";

export async function build() {
  // On the same file system as dist/, but ignored by git and the linter.
  const fresh = join(root, `node_modules/.build-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    mkdirSync(old, { recursive: true });
    mkdirSync(fresh);
    await declarations(fresh);
    await bundle(fresh);
    placePluginFiles(join(fresh, "plugin"));
    placeProject(join(fresh, "plugin"));
    moveAside(join(root, "dist"), join(old, "dist"));
    renameSync(fresh, join(root, "dist"));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function moveAside(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

if (isMain(import.meta.url)) {
  await build().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
