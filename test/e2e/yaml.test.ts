// A YAML program through the plugin, by the real CLI: a medium is imported and booted, changes, is interrupted, and what
// was made by hand is imported.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settle } from "../contract/harness/operation";
import { tinyImage } from "../contract/harness/tiny-image";
import { startYamlProject, type YamlProject } from "./harness/plugin";
import { type PulumiResult } from "./harness/run";
import { describeEachSite } from "./harness/site";
import { isUpload } from "./harness/slow-project";
import { SlowSocket } from "./harness/slow-socket";

const program = `
outputs:
  volume: \${media.name}
  status: \${vm.status}
resources:
  media:
    type: lxd:IsoVolume
    properties:
      pool: default
      source: { file: ./medium.iso }
      allowAnyContent: true
  vm:
    type: lxd:Instance
    properties:
      type: virtual-machine
      profiles: []
      rootDisk: { pool: default, size: 16MiB }
      config: { limits.memory: 256MiB }
      firmware: uefi
      cdroms:
        - volume: { pool: "\${media.pool}", name: "\${media.name}", digest: "\${media.digest}" }
          bootPriority: 10
      waitFor: [{ condition: powered-off, timeout: 3m, stableFor: 1s }]
`;

/** How long a stop may take: 2 s are promised, and a loaded machine is not held to that. */
const stopMs = 5000;

function succeeded(result: PulumiResult): PulumiResult {
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return result;
}

const stepsOf = ({ steps }: PulumiResult): string[] =>
  steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

describeEachSite("a YAML program", (site) => {
  let yaml: YamlProject;
  let slow: SlowSocket;

  beforeAll(async () => {
    slow = new SlowSocket(site.socket);
    await slow.start();
    yaml = await startYamlProject({ ...site.config, "lxd:socket": slow.socket });
    await yaml.write(program);
  }, 180_000);
  afterAll(async () => {
    await slow.stop();
    await yaml.dispose();
  });

  it("imports an ISO and boots a machine from it, which powers itself off", { timeout: 120_000 }, async () => {
    const { project } = yaml;
    await site.makeIso(project.dir, "medium.iso", "the first medium");
    succeeded(await project.up());
    const [volume, ...others] = await site.volumes();
    expect(others).toEqual([]);
    expect(await site.machines()).toMatchObject([
      { type: "virtual-machine", status: "Stopped", devices: { cdrom0: { source: volume?.name } } },
    ]);
    expect(await project.outputs()).toEqual({ volume: volume?.name, status: "Stopped" });
    succeeded(await project.refresh({ expectNoChanges: true }));
  });

  it("shows changed bytes at the paths that they change", { timeout: 60_000 }, async () => {
    const { project } = yaml;
    await writeFile(join(project.dir, "medium.iso"), Buffer.alloc(20 * 2 ** 20, "second"));
    const { stdout } = succeeded(await project.preview({ args: ["--diff"] }));
    expect(stdout).toMatch(/\+-lxd:index:IsoVolume: \(replace\)[^]*~ digest: "sha256:\w{64}" => "sha256:\w{64}"/);
    expect(stdout).toMatch(
      /~ lxd:index:Instance: \(update\)[^]*~ cdroms: \[\s+~ \[0\]: \{\s+~ volume\s*: \{\s+~ digest/,
    );
  });

  it("ends at once when an upload is interrupted, and resumes", { timeout: 120_000 }, async () => {
    const { project } = yaml;
    const [before] = await site.volumes();
    const reached = slow.hold(isUpload, 4 * 2 ** 20);
    const run = project.startUp();
    await reached;
    expect(await run.signal("SIGINT")).toBeLessThan(stopMs);
    const { stdout, stderr } = await run.result;
    expect(stdout + stderr).toMatch(/create ISO volume \S+: the run was cancelled \[cancelled\]/);
    expect(await site.volumes()).toEqual([before]);
    expect(stepsOf(succeeded(await project.up()))).toContain("update vm");
    const [volume, ...others] = await site.volumes();
    expect(others).toEqual([]);
    expect(await site.machines()).toMatchObject([{ devices: { cdrom0: { source: volume?.name } } }]);
  });

  it("imports what was made by hand as code that changes nothing", { timeout: 120_000 }, async () => {
    const { project } = yaml;
    await site.makeTaken("hand", await site.makeIso(project.dir, "hand.iso", "by hand"));
    const image = tinyImage({ properties: { run: site.project }, withoutBusybox: true });
    const made = await site.raw.post(`/1.0/images?project=${site.project}`, image, {
      "Content-Type": "application/octet-stream",
    });
    const { metadata } = await settle(site.raw, made);
    const at = site.project;
    const resources = [
      { type: "lxd:index:IsoVolume", name: "iso", id: `${at}/default/hand` },
      { type: "lxd:index:Instance", name: "hand", id: `${at}/hand` },
      { type: "lxd:index:Image", name: "image", id: `${at}/${String(metadata?.["fingerprint"])}` },
    ];
    await writeFile(join(project.dir, "import.json"), JSON.stringify({ resources }));
    const flags = ["--yes", "--skip-preview", "--protect=false", "--file", "import.json", "--out", "printed.yaml"];
    succeeded(await project.start("import", flags).result);
    const printed = await readFile(join(project.dir, "printed.yaml"), "utf8");
    await yaml.write(program + printed.replace(/^resources:\n/, ""));
    succeeded(await project.preview({ expectNoChanges: true }));
  });

  it("takes everything away", { timeout: 60_000 }, async () => {
    succeeded(await yaml.project.destroy());
    expect(await site.everything()).toEqual([]);
  });
});
