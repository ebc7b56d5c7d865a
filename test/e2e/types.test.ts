// The types of the packed package, as the compiler and the editor of a user's project see them.
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedModules } from "./harness/installed";
import { workspace } from "./harness/package";
import { good, header, mistakes } from "./types/programs";

/** Installing takes what the registry takes. */
const slow = { timeout: 300_000 };
const strict = { strict: true, exactOptionalPropertyTypes: true, target: "es2022", noEmit: true, skipLibCheck: true };
const projects = {
  NodeNext: { module: "NodeNext", moduleResolution: "NodeNext" },
  Bundler: { module: "ESNext", moduleResolution: "Bundler" },
};

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-types-"));
  await symlink(await installedModules(), join(dir, "node_modules"));
  await writeFile(join(dir, "good.ts"), good);
  await writeFile(join(dir, "mistakes.ts"), header + mistakes.map(([line]) => `${line}\n`).join(""));
}, slow.timeout);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.each(Object.entries(projects))("with module resolution %s", (name, resolution) => {
  /** What the compiler says, by file and line. */
  const said = new Map<string, string>();

  beforeAll(async () => {
    const project = join(dir, `tsconfig.${name}.json`);
    const compilerOptions = { ...strict, ...resolution, types: ["node"] };
    await writeFile(project, JSON.stringify({ compilerOptions, files: ["good.ts", "mistakes.ts"] }));
    for (const each of (await compile(project)).split(/\n(?=\S)/)) {
      const [, file = "", line = "", text = ""] = /^([^(]*)\((\d+),\d+\): error TS\d+: (.*)$/s.exec(each) ?? [];
      const key = file === "" ? each : `${file}:${line}`;
      said.set(key, `${said.get(key) ?? ""}${text}\n`);
    }
  }, slow.timeout);

  it("a program without mistakes compiles, and no other line is an error", () => {
    const expected = mistakes.map((_, i) => lineOf(i));
    expect(
      [...said.keys()].filter((key) => key !== "" && !expected.includes(key)).map((key) => [key, said.get(key)]),
    ).toEqual([]);
  });

  it.each(mistakes.map(([line, says], i) => ({ line, says, i })))("$line", ({ says, i }) => {
    for (const words of says) expect(said.get(lineOf(i))).toContain(words);
  });
});

/** What somebody has written so far, the cursor at `^`, and what the editor offers. */
const cursors: [args: string, offered: string[]][] = [
  ["waitFor: [{ condition: '^' }]", ["powered-off", "agent", "cloud-init", "ipv4", "ipv6", "console", "exec", "port"]],
  ["firmware: '^'", ["uefi", "uefi-secureboot", "bios"]],
  ["source: { server: 'x', protocol: '^' }", ["simplestreams", "incus", "lxd"]],
];

describe("an editor", () => {
  it("completes words", slow, async () => {
    const texts = cursors.map(([args]) => `${header}new lxd.Instance("vm", { ${args} });`);
    const files = texts.map((_, i) => join(dir, `edited-${i}.ts`));
    for (const [i, file] of files.entries()) await writeFile(file, texts[i]?.replace("^", "") ?? "");
    const service = editorOf(files);
    const offered = files.map((file, i) => {
      const position = texts[i]?.indexOf("^") ?? -1;
      return (service.getCompletionsAtPosition(file, position, {})?.entries ?? []).map(({ name }) => name).sort();
    });
    expect(offered).toEqual(cursors.map(([, expected]) => expected.sort()));
  });
});

function lineOf(i: number): string {
  return `mistakes.ts:${header.split("\n").length + i}`;
}

/** Returns what the compiler prints; errors in the program are its exit code. */
function compile(project: string): Promise<string> {
  const tsc = join(workspace, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    const options = { cwd: dir, maxBuffer: 2 ** 24 };
    execFile(process.execPath, [tsc, "--pretty", "false", "-p", project], options, (_error, stdout) => resolve(stdout));
  });
}

function editorOf(files: string[]): ts.LanguageService {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
  };
  return ts.createLanguageService({
    readFile: (path) => ts.sys.readFile(path),
    fileExists: (path) => ts.sys.fileExists(path),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
    getCompilationSettings: () => options,
    getScriptFileNames: () => files,
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => dir,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
}
