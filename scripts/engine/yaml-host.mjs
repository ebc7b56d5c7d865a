// Finds the language host of YAML programs: beside the CLI or on PATH, else built from its Go module.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findGo } from "./build.mjs";
import { ensureEngine } from "./index.mjs";
import { makeOnce } from "./store.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const name = "pulumi-language-yaml";
const command = `github.com/pulumi/pulumi-yaml/cmd/${name}`;

/**
 * The version and the path of the executable. The first call may take a minute.
 * @returns {Promise<import("./yaml-host.d.mts").YamlHost>}
 */
export async function ensureYamlHost({ log = () => {} } = {}) {
  const version = /pulumi-yaml v(\S+)/.exec(readFileSync(join(here, "yaml/go.mod"), "utf8"))?.[1] ?? "";
  const { pulumi } = await ensureEngine({ log });
  const beside = existsSync(pulumi) ? join(dirname(realpathSync(pulumi)), name) : "";
  if (existsSync(beside)) return { version, path: beside };
  const dir = join(here, `../../.engine/yaml-${version}`);
  await makeOnce(dir, build, log);
  return { version, path: join(dir, name) };
}

/** @param {string} into */
async function build(into) {
  const args = ["build", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w", "-o", join(into, name), command];
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  await promisify(execFile)(findGo(), args, { cwd: join(here, "yaml"), env });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureYamlHost({ log: console.log }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
