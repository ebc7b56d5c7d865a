// Proves the package as it is published: what it holds, that it works elsewhere on disk, and that it can be upgraded.
import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient, writeTinyIso } from "../contract/harness";
import { type CommandLineDaemon, startByCommandLine } from "./harness/embedded";
import { listTarball, packWorkspace, repackAs } from "./harness/package";
import { PulumiProject } from "./harness/project";
import { compile, documentedPrograms, type templates } from "./harness/documented";

const program = `
  const lxd = require("pulumi-lxd");
  const volume = new lxd.IsoVolume("installer", { pool: "default", source: { file: "./installer.iso" } });
  exports.volume = volume.name;
  exports.package = require.resolve("pulumi-lxd");
`;

/** Installing takes what the registry takes. */
const slow = { timeout: 300_000 };
const volumesPath = "/1.0/storage-pools/default/volumes/custom";

describe("the packed package", () => {
  let dir: string;
  let tarball: string;
  let project: PulumiProject;
  let daemon: CommandLineDaemon;
  const trace = (): string => join(dir, "trace");
  const traced = async (): Promise<string[]> => (await readFile(trace(), "utf8")).trim().split("\n");

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-package-"));
    tarball = await repackAs(await packWorkspace(dir), { version: "0.1.1", into: dir, change: leaveTrace });
    project = await PulumiProject.create({ program, tarball, env: { PULUMI_LXD_TEST_TRACE: trace() } });
    await writeTinyIso(join(project.dir, "installer.iso"), { bootable: true });
    daemon = await startByCommandLine(project.dir);
    await project.setConfig("lxd:socket", daemon.socket);
  }, slow.timeout);

  afterAll(async () => {
    await daemon.stop();
    await project.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  async function volumes(): Promise<unknown> {
    return (await new RawClient(() => daemon.socket).send({ method: "GET", path: volumesPath })).body.metadata;
  }

  it("holds what is needed to run and to read, and nothing else", async () => {
    const files = await listTarball(tarball);
    const others = files.filter((file) => !/^(dist|docs|examples)\//.test(file));
    const documents = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "package.json"];
    expect(others.sort()).toEqual(documents);
    expect(files.filter((file) => file.startsWith("docs/") && !file.endsWith(".md"))).toEqual([]);
    expect(files).toContain("examples/quickstart/index.ts");
    const compiled = files.filter((file) => file.startsWith("dist/"));
    const code = /^dist\/(sdk|provider|plugin|embedded|cli|chunks)\/.+\.(js|js\.map|d\.ts)$/;
    const pluginFiles = [
      "PulumiPlugin.yaml",
      "package.json",
      "pulumi-resource-lxd",
      "pulumi-resource-lxd.cmd",
      "schema.json",
    ];
    expect(compiled.filter((file) => !code.test(file)).sort()).toEqual([
      "dist/THIRD-PARTY-LICENSES.txt",
      ...pluginFiles.map((file) => `dist/plugin/${file}`),
    ]);
    expect(compiled.filter((file) => /\b(tests?|fixtures?)\b/.test(file))).toEqual([]);
  });

  it.each<keyof typeof templates>(["commonjs and node", "nodenext"])(
    "lets the programs of the documentation compile with module and resolution %s, declarations of packages included",
    slow,
    async (template) => {
      const programs = await documentedPrograms();
      expect(programs.length).toBeGreaterThan(5);
      const { errors, files } = await compile(project.dir, programs, template);
      expect(errors).toEqual([]);
      expect(files).toContain(join(project.dir, "node_modules/pulumi-lxd/dist/sdk/index.d.ts"));
      // Of the provider a program's compiler sees the daemon for tests of programs, and that alone.
      expect(
        files.filter((file) => /pulumi-lxd\/dist\/provider\/(?!embedded\/)|node_modules\/zod\//.test(file)),
      ).toEqual([]);
    },
  );

  it("loads @pulumi/random for golden images only", async () => {
    const text = `
      const pulumi = require("@pulumi/pulumi");
      const lxd = require("pulumi-lxd");
      const isLoaded = () => Object.keys(require.cache).some((path) => path.includes("/@pulumi/random/"));
      pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
      new lxd.Instance("vm", {});
      const before = isLoaded();
      new lxd.GoldenImage("golden", { iso: "a/b" });
      console.log(JSON.stringify([before, isLoaded()]));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", text], { cwd: project.dir });
    expect(JSON.parse(stdout)).toEqual([false, true]);
  });

  it("imports an ISO from a project elsewhere on disk", slow, async () => {
    const up = await project.up();
    expect(up).toMatchObject({ code: 0, steps: [{ op: "create", name: "installer" }] });
    const outputs = await project.outputs();
    expect(outputs["package"]).toBe(join(project.dir, "node_modules/pulumi-lxd/dist/sdk/index.js"));
    expect(await volumes()).toEqual([`${volumesPath}/${String(outputs["volume"])}`]);
    expect(await traced()).toContain("0.1.1");
    expect(await project.stateBytes("installer", daemon.socket)).toBeLessThan(1.5 * 1024);
  });

  it("is not noticed by a stack when it is upgraded", slow, async () => {
    await project.install(await repackAs(tarball, { version: "0.2.0", into: dir }));
    await rm(trace());
    const preview = await project.preview({ expectNoChanges: true });
    expect(preview).toMatchObject({ code: 0, counts: { same: 2 } });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(new Set(await traced())).toEqual(new Set(["0.2.0"]));
  });

  it("takes away what an earlier build made", slow, async () => {
    await rm(trace());
    expect(await project.destroy()).toMatchObject({ code: 0, steps: [{ op: "delete", name: "installer" }] });
    expect(await volumes()).toEqual([]);
    expect(await traced()).toEqual(["0.2.0"]);
  });

  it("stops its daemon when it is interrupted", async () => {
    const other = await startByCommandLine(project.dir);
    await other.stop();
    expect(other.output()).toContain("Stopped");
  });
});

/** Makes the provider say which build of it runs, which nothing else shows. */
async function leaveTrace(packageDir: string): Promise<void> {
  const line = `require("node:fs").appendFileSync(process.env.PULUMI_LXD_TEST_TRACE ?? "/dev/null", require("../../package.json").version + "\\n");`;
  await appendFile(join(packageDir, "dist/provider/index.js"), `\n${line}\n`);
}
