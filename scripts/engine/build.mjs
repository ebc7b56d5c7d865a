// Builds the Pulumi CLI from its pinned Go module, for machines that can reach only package registries.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findOnPath } from "./on-path.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const progressEveryMs = 20_000;

/**
 * Puts the CLI, the Node language host and the dynamic-provider server into `${into}/bin`. The engine looks for the
 * latter two next to itself; the Go module has neither.
 * @param {string} into
 * @param {{ version: string, log: (line: string) => void }} options
 */
export async function buildEngine(into, { version, log }) {
  requirePinned(version);
  const go = findGo();
  const bin = join(into, "bin");
  mkdirSync(bin);
  log("Building the Pulumi CLI from its Go module (2 to 3 minutes on two idle cores, seconds from Go's cache) …");
  await compile(go, join(bin, "pulumi"), version, log);
  writeLauncher(join(bin, "pulumi-language-nodejs"), "language-host.cjs");
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  copyFileSync(join(sdk, "pulumi-resource-pulumi-nodejs"), join(bin, "pulumi-resource-pulumi-nodejs"));
}

/** The module's version is in go.mod, the SDK's in package.json: they must be updated together. */
function requirePinned(version) {
  const pinned = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(here, "go.mod"), "utf8"))?.[1];
  if (pinned !== version) {
    throw new Error(
      `scripts/engine/go.mod pins the CLI at ${pinned}, but @pulumi/pulumi is ${version}: ` +
        `run \`go get -tool ${command}@v${version} && go mod tidy\` in scripts/engine`,
    );
  }
}

export function findGo() {
  const go = [findOnPath("go"), "/usr/local/go/bin/go"].find((file) => file && existsSync(file));
  if (!go) throw new Error("there is no `go` on PATH; install Go 1.25.8 or newer from https://go.dev/dl/");
  return go;
}

/** The version is set at link time, as in the official build: without it the engine cannot determine its age. */
async function compile(go, output, version, log) {
  const flags = `-s -w -X ${versionVariable}=v${version}`;
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", `-ldflags=${flags}`, "-o", output, command];
  const child = spawn(go, args, {
    cwd: here,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const started = Date.now();
  const lines = [];
  child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => lines.push(...text.trim().split("\n")));
  const timer = setInterval(() => {
    log(`  ${Math.round((Date.now() - started) / 1000)} s: ${lines.length} packages fetched or compiled`);
  }, progressEveryMs);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`\`go build\` failed:\n${lines.slice(-15).join("\n")}`);
}

/**
 * An executable that runs a script in this folder, so that a change of the script needs no rebuild. The path is
 * relative, so that the folder which holds both can be moved.
 * @param {string} file
 * @param {string} script
 */
export function writeLauncher(file, script) {
  const target = relative(dirname(file), join(here, script));
  const text = `#!/usr/bin/env node\nrequire(${JSON.stringify(target)});\n`;
  writeFileSync(file, text, { mode: 0o755 });
}
