// Proves which releases of Node and of @pulumi/pulumi the packed package works with, and that what it says is that.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../embedded";
import { RawClient, writeTinyIso } from "../contract/harness";
import { environmentOfNode } from "./harness/node";
import { packWorkspace, workspace } from "./harness/package";
import { PulumiProject } from "./harness/project";

/** The oldest of each that is supported; the other tests run with the @pulumi/pulumi of package-lock.json, 3.230.0. */
const nodes = ["20.18.1", "22.23.5", "24.22.3"] as const;
/** The last release for Node 20, and the newest. */
const [lastForNode20, newest] = ["3.248.0", "3.276.0"];

const program = `
  const lxd = require("pulumi-lxd");
  const volume = new lxd.IsoVolume("installer", { pool: "default", source: { file: "./installer.iso" } });
  exports.volume = volume.name;
  exports.pulumi = require("@pulumi/pulumi/package.json").version;
`;
/** Loaded by each Node of a run: which release ran what. */
const tracer = `
  const { basename, dirname } = require("node:path");
  const what = basename(dirname(process.argv[1] ?? "")) + "/" + basename(process.argv[1] ?? "");
  require("node:fs").appendFileSync(process.env.PULUMI_LXD_TEST_TRACE, what + " " + process.versions.node + "\\n");
`;
const slow = { timeout: 300_000 };
const volumesPath = "/1.0/storage-pools/default/volumes/custom";

describe("the packed package", () => {
  let dir: string;
  let daemon: EmbeddedDaemon;
  const projects = new Map<string, PulumiProject>();

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-nodes-"));
    await writeFile(join(dir, "tracer.cjs"), tracer);
    const tarball = await packWorkspace(dir);
    daemon = await startEmbeddedDaemon({ dir: join(dir, "daemon") });
    const config = { "lxd:socket": daemon.socket };
    const install = async (pulumi: string): Promise<void> => {
      projects.set(pulumi, await PulumiProject.create({ program, tarball, pulumi, config }));
    };
    await Promise.all([install(lastForNode20), install(newest), ...nodes.map(environmentOfNode)]);
  }, slow.timeout);

  afterAll(async () => {
    await daemon.stop();
    for (const project of projects.values()) await project.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  async function volumes(): Promise<unknown> {
    return (await new RawClient(() => daemon.socket).send({ method: "GET", path: volumesPath })).body.metadata;
  }

  it.each([
    // Pulumi asks for Node 22 from 3.249 on. npm installs it for Node 20 all the same, with a warning.
    [nodes[0], lastForNode20],
    [nodes[0], newest],
    [nodes[1], newest],
    [nodes[2], newest],
  ])("works on Node %s with @pulumi/pulumi %s", slow, async (node, pulumi) => {
    const project = projects.get(pulumi);
    if (project === undefined) throw new Error("there is no such project");
    await writeTinyIso(join(project.dir, "installer.iso"), { bootable: true, marker: node });
    const trace = join(dir, `${node}-${pulumi}`);
    const env = {
      ...(await environmentOfNode(node)),
      PULUMI_LXD_TEST_TRACE: trace,
      NODE_OPTIONS: `--require ${join(dir, "tracer.cjs")}`,
    };
    expect(await project.up({ env })).toMatchObject({ code: 0 });
    const outputs = await project.outputs();
    expect(outputs["pulumi"]).toBe(pulumi);
    expect(await volumes()).toEqual([`${volumesPath}/${String(outputs["volume"])}`]);
    const traced = (await readFile(trace, "utf8")).trim().split("\n");
    expect(traced).toEqual(expect.arrayContaining([`run/index.js ${node}`, `dynamic-provider/index.js ${node}`]));
    expect(traced.filter((line) => !line.endsWith(` ${node}`))).toEqual([]);
    if (pulumi === lastForNode20 || node === nodes[2]) {
      expect(await project.destroy({ env })).toMatchObject({ code: 0 });
      expect(await volumes()).toEqual([]);
    }
  });

  it("says so in package.json and in the documentation", async () => {
    const manifest = JSON.parse(await readFile(join(workspace, "package.json"), "utf8")) as {
      engines: { node: string };
      dependencies: Record<string, string>;
    };
    expect(manifest.engines.node).toBe(`>=${nodes[0]}`);
    expect(manifest.dependencies["@pulumi/pulumi"]).toBe("^3.230.0");
    const page = await readFile(join(workspace, "docs/compatibility.md"), "utf8");
    const rows = [...page.matchAll(/^\| Node (\d+).*?\| (.*?) *\|$/gm)].map(([, node, pulumi]) => [node, pulumi]);
    expect(rows).toEqual([
      ["20", "3.230 to 3.248"],
      ["22", "3.230 and newer"],
      ["24", "3.230 and newer"],
    ]);
  });
});
