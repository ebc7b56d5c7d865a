// Looks for a usable Pulumi CLI on PATH: recent enough, with its Node language host next to it.
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** The oldest supported CLI: the one for which @pulumi/random's plugin is built. */
export const oldestVersion = "3.142.0";

/**
 * The executable file of that name on PATH, if any.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findOnPath(name) {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The CLI on PATH, or the reason why it cannot be used.
 * @returns {Promise<{ pulumi: string, version: string } | { reason: string }>}
 */
export async function engineOnPath() {
  const pulumi = findOnPath("pulumi");
  if (!pulumi) return { reason: "no `pulumi` on PATH" };
  if (!hasLanguageHost(pulumi)) return { reason: `${pulumi} has no pulumi-language-nodejs beside it` };
  const version = await versionOf(pulumi).catch((/** @type {Error} */ error) => error);
  if (version instanceof Error) return { reason: `${pulumi} does not run: ${version.message.split("\n")[0]}` };
  if (!isNewEnough(version)) return { reason: `${pulumi} is ${version}; ${oldestVersion} or a newer 3.x is needed` };
  return { pulumi, version };
}

/** A package manager may link `pulumi`; the engine itself looks next to the real file. */
function hasLanguageHost(pulumi) {
  return [pulumi, realpathSync(pulumi)].some((file) => existsSync(join(dirname(file), "pulumi-language-nodejs")));
}

/**
 * The output of `pulumi version`, without the leading v.
 * @param {string} pulumi
 */
export async function versionOf(pulumi) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout } = await promisify(execFile)(pulumi, ["version"], { env, timeout: 30_000 });
  return stdout.trim().replace(/^v/, "");
}

/** @param {string} version */
export function isNewEnough(version) {
  const [major, minor, patch] = numbers(version);
  const [oldestMajor, oldestMinor, oldestPatch] = numbers(oldestVersion);
  if (major !== oldestMajor) return false;
  return minor > oldestMinor || (minor === oldestMinor && patch >= oldestPatch);
}

function numbers(version) {
  return (version.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}
