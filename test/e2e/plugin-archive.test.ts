// The plugin as it is installed: from its archive, without any package around it, and from the npm package.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineEnvironment, sharedEngine } from "./harness/engine";
import { workspace } from "./harness/package";

const run = promisify(execFile);
const slow = { timeout: 180_000 };

let dir: string;
let archives: string[];

/** Runs the CLI with plugins of its own. */
async function pulumi(...args: string[]): Promise<string> {
  const engine = await sharedEngine();
  const env = { ...engineEnvironment(engine, dir), PULUMI_HOME: join(dir, "home") };
  const { stdout } = await run(engine.pulumi, args, { cwd: dir, env, maxBuffer: 1 << 24 });
  return stdout;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-plugin-"));
  const { buildArchives } = await import("../../scripts/build/plugin.mjs");
  archives = await buildArchives(join(dir, "archives"));
}, slow.timeout);
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the archives", () => {
  it("have the names that Pulumi looks for", () => {
    const platforms = ["linux", "darwin", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);
    expect(archives.map((path) => basename(path)).sort()).toEqual(
      platforms.map((platform) => `pulumi-resource-lxd-v0.1.0-${platform}.tar.gz`).sort(),
    );
  });

  it("are installed by `pulumi plugin install`, and serve the schema", slow, async () => {
    const archive = archives.find((path) => path.includes(`${process.platform}-`)) ?? "";
    await pulumi("plugin", "install", "resource", "lxd", "v0.1.0", "--file", archive);
    expect(namesIn(await pulumi("package", "get-schema", "lxd@0.1.0"))).toEqual(await committedNames());
  });

  it("load nothing but Node's own modules and themselves", async () => {
    const folder = join(dir, "home/plugins/resource-lxd-v0.1.0");
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
    const loaded = texts.flatMap((text) =>
      [...text.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name]) => name ?? ""),
    );
    const others = loaded.filter(
      (name) => !name.startsWith(".") && !name.startsWith("node:") && !builtinModules.includes(name),
    );
    expect(loaded).toContain("node:fs");
    expect([...new Set(others)]).toEqual([]);
  });
});

it("the npm package has the plugin as a folder that `pulumi package` takes", slow, async () => {
  const folder = join(workspace, "dist/plugin");
  expect(namesIn(await pulumi("package", "get-schema", folder))).toEqual(await committedNames());
});

/** What is in a schema; the CLI writes it in its own order, with its own defaults. */
function namesIn(text: string): string[] {
  const { types, resources, functions } = JSON.parse(text) as Record<"types" | "resources" | "functions", object>;
  return [types, resources, functions].flatMap((each) => Object.keys(each)).sort();
}

async function committedNames(): Promise<string[]> {
  return namesIn(await readFile(join(workspace, "provider/plugin/schema.json"), "utf8"));
}
