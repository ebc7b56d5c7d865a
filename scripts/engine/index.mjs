// Finds a Pulumi CLI: on PATH, else the official download, else built from its Go module. Run this file to see which.
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildEngine, writeLauncher } from "./build.mjs";
import { downloadEngine } from "./download.mjs";
import { engineOnPath } from "./on-path.mjs";
import { makeOnce } from "./store.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The version of an installed package. */
function versionOfPackage(name) {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return /** @type {string} */ (JSON.parse(readFileSync(file, "utf8")).version);
}

/**
 * The Pulumi CLI to run and its environment. The first call may take minutes, later ones milliseconds.
 * @param {{ log?: (line: string) => void, store?: string }} [options] `store` is where engines are stored: `.engine/`
 * @returns {Promise<import("./index.mjs").Engine>}
 */
export async function ensureEngine({ log = () => {}, store = join(root, ".engine") } = {}) {
  const onPath = await engineOnPath();
  if ("pulumi" in onPath) {
    log(`Pulumi CLI ${onPath.version} on PATH: ${onPath.pulumi}`);
    return { pulumi: onPath.pulumi, env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, how: "path" };
  }
  const version = versionOfPackage("@pulumi/pulumi");
  const ways = [
    { how: "downloaded", dir: join(store, `downloaded-${version}`), make: downloadEngine },
    { how: "built", dir: join(store, `built-${version}`), make: buildEngine },
  ];
  const way = ways.find(({ dir }) => existsSync(dir)) ?? (await makeFirstPossible(ways, version, onPath.reason, log));
  const home = join(store, "home");
  if (way.how === "built") placeRandomStandIn(home);
  log(`Pulumi CLI ${version}, ${way.how}: ${join(way.dir, "bin/pulumi")}`);
  return { pulumi: join(way.dir, "bin/pulumi"), env: ownEnvironment(home), how: way.how };
}

async function makeFirstPossible(ways, version, reason, log) {
  const reasons = [reason];
  log(`Pulumi CLI: ${reason}.`);
  for (const way of ways) {
    try {
      await makeOnce(way.dir, (temporary) => way.make(temporary, { version, log }), log);
      return way;
    } catch (error) {
      reasons.push(`not ${way.how}: ${error.message}`);
      log(`Pulumi CLI ${reasons.at(-1)}`);
    }
  }
  const advice = "Install the Pulumi CLI (https://www.pulumi.com/docs/install/), or Go to have it built.";
  throw new Error(`There is no Pulumi CLI to use:\n${reasons.map((line) => `- ${line}`).join("\n")}\n${advice}`);
}

/** A downloaded or built CLI has its own plugins and ignores parts of another CLI on PATH. */
function ownEnvironment(home) {
  mkdirSync(home, { recursive: true });
  return { PULUMI_HOME: home, PULUMI_IGNORE_AMBIENT_PLUGINS: "true", PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/** If the CLI cannot be downloaded, the plugin of @pulumi/random cannot either. */
function placeRandomStandIn(home) {
  const plugin = join(home, "plugins", `resource-random-v${versionOfPackage("@pulumi/random")}`);
  if (existsSync(plugin)) return;
  const temporary = `${plugin}.tmp-${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  writeLauncher(join(temporary, "pulumi-resource-random"), "random-stand-in.cjs");
  try {
    renameSync(temporary, plugin);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(plugin)) throw error;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureEngine({ log: console.log }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
