// What a process loads of the built package, and when: nothing that is not used, counted in files and not in time.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { workspace } from "./harness/package";

interface Loaded {
  /** In dist/. */
  files: string[];
  /** The sources in them. */
  sources: string[];
}

/** Runs a program that calls `look` whenever what is loaded should be known. */
async function loadedBy(program: string): Promise<Loaded[]> {
  const text = `
    const looks = [];
    const look = () => looks.push(Object.keys(require.cache));
    (async () => { ${program} })().then(() => console.log(JSON.stringify(looks)));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", text], { cwd: workspace });
  return (JSON.parse(stdout) as string[][]).map(describeFiles);
}

function describeFiles(paths: string[]): Loaded {
  const files = paths.map((path) => relative(workspace, path)).filter((path) => path.startsWith("dist/"));
  return { files, sources: files.flatMap(sourcesOf) };
}

function sourcesOf(file: string): string[] {
  const map = join(workspace, `${file}.map`);
  if (!existsSync(map)) return [];
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
  return sources.map((source) => relative(workspace, resolve(workspace, file, "..", source)));
}

const kindsIn = ({ sources }: Loaded): string[] => {
  const names = sources.flatMap((path) => /^provider\/resources\/([^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)].filter((name) => !["shared", "machine"].includes(name)).sort();
};

it("the provider loads a kind with its first call, and the HTTP client with the first request", async () => {
  const [required, obtained, asked] = (await loadedBy(`
    const served = require("pulumi-lxd/provider").IsoVolume();
    look();
    await served.configure({ config: { get: (key) => (key === "lxd:socket" ? "/nonexistent/socket" : undefined) } });
    look();
    await served.check({}, { __urn: "urn:pulumi:s::p::t::n", pool: "default" }).catch(() => undefined);
    look();
  `)) as [Loaded, Loaded, Loaded];
  expect(kindsIn(required)).toEqual([]);
  expect(required.files.length).toBeLessThan(20);
  expect(kindsIn(obtained)).toEqual(["iso-volume"]);
  expect(obtained.sources).toContain("provider/resources/iso-volume/iso-volume.ts");
  expect(obtained.files).not.toContain("dist/chunks/undici.js");
  expect(asked.files).toContain("dist/chunks/undici.js");
  expect(kindsIn(asked)).toEqual(["iso-volume"]);
});

it("the SDK is one file, and loads neither the provider nor what is bundled with it", async () => {
  const [required, looked] = (await loadedBy(`
    const lxd = require("pulumi-lxd");
    look();
    require("@pulumi/pulumi").runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    new lxd.Instance("vm", {});
    look();
  `)) as [Loaded, Loaded];
  expect(required.files).toContain("dist/sdk/index.js");
  expect(required.files.length).toBeLessThan(5);
  expect(required.files.join()).not.toMatch(/zod|undici|provider/);
  expect(looked.files).toEqual(required.files);
});
