// Compiles sdk/, provider/, embedded/ and cli/ into dist/, which is replaced atomically at the end.
import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isMain, mustRun, root } from "./root.mjs";

export async function build() {
  // On the same file system as dist/, but ignored by git and the linter.
  const fresh = join(root, `node_modules/.build-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    mkdirSync(old, { recursive: true });
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await mustRun(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", fresh]);
    chmodSync(join(fresh, "cli/main.js"), 0o755);
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
