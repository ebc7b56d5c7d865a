// Prepares a fresh checkout: installs packages and compiles sources. Needs only Node; skips completed steps.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMain, mustRun, root } from "./root.mjs";

/** npm writes its own record of an installation just before it writes package-lock.json. */
const npmSlackMs = 10_000;

/** @param {{ log?: (line: string) => void }} [options] */
export async function prepare({ log = console.log } = {}) {
  requireNode();
  if (isInstallStale()) {
    log("Installing packages: npm ci (about a minute) …");
    await mustRun("npm", ["ci"]);
  }
  if (isBuildStale()) {
    log("Compiling: npm run build (about 10 seconds) …");
    const { build } = await import("./build.mjs");
    await build();
  }
}

/** Reported first, before anything fails for an obscure reason. */
function requireNode() {
  const [major, minor, patch] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && (minor > 18 || (minor === 18 && patch >= 1)))) return;
  throw new Error(`Node ${process.versions.node} is too old: install Node 20.18.1 or newer from https://nodejs.org/`);
}

function isInstallStale() {
  const installed = changedMs(join(root, "node_modules/.package-lock.json"));
  return changedMs(join(root, "package-lock.json")) > installed + npmSlackMs;
}

function isBuildStale() {
  const sources = [
    "sdk",
    "provider",
    "embedded",
    "cli",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "scripts/build",
  ];
  const built = changedMs(join(root, "dist/sdk/index.js"));
  return sources.some((name) => newestMs(join(root, name)) > built);
}

/** The last change of a file or of anything in a folder; removing a file changes its folder. */
function newestMs(path) {
  const own = changedMs(path);
  if (!existsSync(path) || !statSync(path).isDirectory()) return own;
  return Math.max(own, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function changedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (isMain(import.meta.url)) {
  await prepare().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
