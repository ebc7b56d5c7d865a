// The plugin `pulumi-resource-lxd`: the files beside its bundle, and the archives that `pulumi plugin install` takes.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { isMain, mustRun, root } from "../root.mjs";
import { bundlePlugin } from "./bundle.mjs";

/** In the names that Pulumi gives them. The files are the same: JavaScript and one start script for each system. */
const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** With `main`, Pulumi's language host for Node can start the plugin, too. */
const manifest = { name: "pulumi-resource-lxd", version, private: true, type: "commonjs", main: "main.js" };

/** Completes a folder that contains `main.js`, so that Pulumi can start it as an executable. */
export function placePluginFiles(/** @type {string} */ folder) {
  copyFileSync(join(root, "provider/plugin/schema.json"), join(folder, "schema.json"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const program = join(folder, "pulumi-resource-lxd");
  writeFileSync(program, '#!/usr/bin/env node\nrequire("./main.js");\n');
  chmodSync(program, 0o755);
  writeFileSync(`${program}.cmd`, '@node "%~dp0\\main.js" %*\r\n');
}

/**
 * Makes the folder one that `pulumi package add` takes. Pulumi then runs it by its language host for Node, with the
 * packages that are installed around it.
 */
export function placeProject(/** @type {string} */ folder) {
  writeFileSync(join(folder, "PulumiPlugin.yaml"), "runtime: nodejs\n");
}

/** A plugin that contains all of its code, so it runs without `node_modules`. */
export async function buildPlugin(/** @type {string} */ folder) {
  await bundlePlugin(folder);
  placePluginFiles(folder);
}

/**
 * Writes an archive for each platform.
 * @param {string} into
 * @returns {Promise<string[]>} The paths of the archives
 */
export async function buildArchives(into) {
  mkdirSync(into, { recursive: true });
  const folder = await mkdtemp(join(root, "node_modules/.plugin-"));
  try {
    await buildPlugin(folder);
    const archives = platforms.map((platform) => join(into, `pulumi-resource-lxd-v${version}-${platform}.tar.gz`));
    for (const archive of archives) {
      await mustRun("tar", ["-czf", archive, "--owner=0", "--group=0", "-C", folder, "."]);
    }
    return archives;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  try {
    for (const archive of await buildArchives(join(root, "plugins"))) console.log(archive);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
