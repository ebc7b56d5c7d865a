// Builds and runs the program that binds a Pulumi schema and generates SDKs from it.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findGo } from "./build.mjs";
import { makeOnce } from "./store.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const sources = ["go.mod", "generate-sdks/main.go"];

/**
 * Generates an SDK for each language into a folder of its name. The first call takes seconds to minutes, as Go's cache is
 * filled or not.
 * @param {string} schema Path of the schema
 * @param {string} into
 * @returns {Promise<void>} Rejects with what the generator prints, if the schema has a problem
 */
export async function generateSdks(schema, into) {
  const program = await ensureGenerator();
  await promisify(execFile)(program, [schema, into]);
}

async function ensureGenerator() {
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(join(here, name)));
  const dir = join(here, `../../.engine/sdk-generator-${hash.digest("hex").slice(0, 12)}`);
  await makeOnce(
    dir,
    (temporary) => build(join(temporary, "generate-sdks")),
    () => {},
  );
  return join(dir, "generate-sdks");
}

async function build(output) {
  const args = ["build", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w", "-o", output, "./generate-sdks"];
  await promisify(execFile)(findGo(), args, { cwd: here, env: goEnvironment() });
}

/** For the programs in this folder and the generated SDK, neither of which needs a C compiler. */
export function goEnvironment() {
  return { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
}

/** Makes a folder a Go module with the dependencies of this folder's, so that nothing else is downloaded. */
export function moduleFiles(/** @type {string} */ name) {
  const text = readFileSync(join(here, "go.mod"), "utf8");
  return {
    "go.mod": text.replace(/^module .*/m, `module ${name}`).replace(/^tool .*\n/gm, ""),
    "go.sum": readFileSync(join(here, "go.sum"), "utf8"),
  };
}
