// Bundles the sources with the packages that only they need, in files that are loaded when they are first used.
import { appendFile, chmod, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";
import { root } from "../root.mjs";
import { noticesOf } from "./notices.mjs";

/** What others load, by its path in dist/ without the extension. Code that several need is in files of its own. */
const entries = {
  "sdk/index": "sdk/index.ts",
  "provider/index": "provider/index.ts",
  "plugin/main": "provider/plugin/main.ts",
  "embedded/index": "embedded/index.ts",
  "cli/main": "cli/main.ts",
};

/** The package's dependencies: Pulumi must be the program's copy, and loads js-yaml itself. */
const outside = [/^@pulumi\//, /^@peculiar\//, "js-yaml", "openpgp", /^pulumi-lxd\//];

/** Packages with files of their own, whatever uses them. */
const groups = ["zod", "undici"].map((name) => ({ name, test: new RegExp(`/node_modules/${name}/`) }));

/** @param {string} dir */
export async function bundle(dir) {
  await write(dir, { input: entries, external: outside });
  await chmod(join(dir, "cli/main.js"), 0o755);
}

/**
 * The plugin with all packages that it needs, also Pulumi's and gRPC.
 * @param {string} dir
 */
export async function bundlePlugin(dir) {
  const plugins = [{ name: "own-pulumi", transform: withOwnPulumi }];
  await write(dir, { input: { main: "provider/plugin/main.ts" }, plugins }, { sourcemap: false });
}

/** What is loaded from Pulumi's own location elsewhere is part of this bundle. */
function withOwnPulumi(/** @type {string} */ code, /** @type {string} */ id) {
  if (!id.startsWith(join(root, "provider")) || !code.includes("const load = createRequire")) return undefined;
  const own = code
    .replace(/const load = createRequire\([^;]*\);/, "")
    .replaceAll(/\bload\(\s*"\.\/(proto[^"]*)",?\s*\)/g, 'require("@pulumi/pulumi/$1")')
    .replaceAll(/\bload\(\s*("[^"]+"),?\s*\)/g, "require($1)");
  return { code: own, map: null };
}

async function write(dir, input, output = {}) {
  const bundled = await rolldown({ cwd: root, platform: "node", ...input });
  const { output: files } = await bundled.write({
    dir,
    format: "cjs",
    sourcemap: "hidden",
    sourcemapPathTransform: (source, map) => fromDist(dir, source, map),
    chunkFileNames: "chunks/[name].js",
    codeSplitting: { groups },
    ...output,
  });
  await bundled.close();
  const chunks = files.filter(({ type }) => type === "chunk");
  await Promise.all(chunks.filter(({ map }) => map !== null).map((chunk) => settleMap(dir, chunk)));
  await noticesOf(chunks, join(dir, "THIRD-PARTY-LICENSES.txt"));
}

/** The path of a source as seen from where its file will be, which is not where it is built. */
function fromDist(dir, source, map) {
  const folder = dirname(map);
  return relative(join(root, "dist", relative(dir, folder)), resolve(folder, source));
}

/**
 * Links a file to its source map. Pulumi maps the stack of each resource in a program, and would read a map of the SDK
 * for that, so the SDK has none; neither have the packages.
 */
async function settleMap(dir, { fileName, moduleIds }) {
  const map = `${fileName}.map`;
  if (fileName.startsWith("sdk/") || moduleIds.every((id) => id.includes("/node_modules/"))) await rm(join(dir, map));
  else await appendFile(join(dir, fileName), `\n//# sourceMappingURL=${basename(map)}\n`);
}
