// The SDKs that Pulumi generates from the schema: a program in each language compiles against them.
import { execFile, spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workspace } from "./harness/package";

const run = promisify(execFile);
/** Building the generator and installing Pulumi for Python take what the caches take. */
const slow = { timeout: 600_000 };
const programs = join(__dirname, "generated-sdks");
const isInstalled = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const hasGo = isInstalled("go", "version") || isInstalled("/usr/local/go/bin/go", "version");
const hasPython = isInstalled("python3", "-m", "venv", "--help");

let dir: string;

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.skipIf(!hasGo)(`the generated SDK${hasGo ? "" : " (needs Go)"}`, () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-sdks-"));
    const { generateSdks } = await import("../../scripts/engine/sdk-generator.mjs");
    // Fails with whatever the binder of Pulumi has to say about the schema.
    await generateSdks(join(workspace, "provider/plugin/schema.json"), dir);
  }, slow.timeout);

  it("of TypeScript compiles", slow, async () => {
    const sdk = join(dir, "nodejs");
    await symlink(join(workspace, "node_modules"), join(sdk, "node_modules"));
    await copyFile(join(programs, "example.ts.txt"), join(sdk, "example.ts"));
    const project = { extends: "./tsconfig.json", compilerOptions: { noEmit: true }, files: ["example.ts"] };
    await writeFile(join(sdk, "tsconfig.example.json"), JSON.stringify(project));
    const compiler = join(workspace, "node_modules/typescript/bin/tsc");
    expect(await printed(process.execPath, [compiler, "-p", "tsconfig.example.json"], sdk)).toBe("");
  });

  it("of Go compiles", slow, async () => {
    const { goEnvironment, moduleFiles } = await import("../../scripts/engine/sdk-generator.mjs");
    const sdk = join(dir, "go");
    for (const [name, text] of Object.entries(moduleFiles("pulumi-lxd/sdk/go"))) await writeFile(join(sdk, name), text);
    await mkdir(join(sdk, "example"));
    await copyFile(join(programs, "example.go.txt"), join(sdk, "example/main.go"));
    const env = { ...goEnvironment(), PATH: `${process.env["PATH"] ?? ""}:/usr/local/go/bin` };
    expect(await printed("go", ["vet", "-mod=mod", "./..."], sdk, env)).toBe("");
  });

  it.skipIf(!hasPython)(`of Python compiles${hasPython ? "" : " (needs python3 with venv)"}`, slow, async () => {
    const python = await pythonWithPulumi();
    const sdk = join(dir, "python");
    expect(await printed(python, ["-m", "compileall", "-q", "."], sdk)).toBe("");
    const mypy = ["-m", "mypy", "--check-untyped-defs", "--follow-imports=silent", join(programs, "example.py")];
    expect(await printed(python, mypy, sdk, { ...process.env, MYPYPATH: sdk })).toMatch(/^Success/);
  });
});

/** What a compiler prints, also when it fails. */
async function printed(command: string, args: string[], cwd: string, env = process.env): Promise<string> {
  const { stdout, stderr } = await run(command, args, { cwd, env, maxBuffer: 1 << 26 }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return stdout + stderr;
}

/** Kept beside the engines, so it is installed once. */
async function pythonWithPulumi(): Promise<string> {
  const { makeOnce } = await import("../../scripts/engine/store.mjs");
  const folder = join(workspace, ".engine/python-pulumi-3.230.0");
  await makeOnce(folder, install, console.log);
  return join(folder, "bin/python");
}

async function install(into: string): Promise<void> {
  await run("python3", ["-m", "venv", into]);
  const packages = ["pulumi==3.230.0", "mypy==2.4.1", "parver"];
  await run(join(into, "bin/python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
}
