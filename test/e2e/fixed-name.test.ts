// A volume with a name of its own is in its successor's way: it is taken out of its machine, replaced, and put in again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { type PulumiResult } from "./harness/run";
import { describeEachSite } from "./harness/site";

const program = `
  const lxd = require("pulumi-lxd");
  const medium = new lxd.IsoVolume("medium", { pool: "default", name: "fixed", source: { file: "./medium.iso" } });
  new lxd.Instance("machine", {
    type: "virtual-machine",
    profiles: [],
    rootDisk: { pool: "default", size: "16MiB" },
    cdroms: [{ volume: medium, bootPriority: 10 }],
    running: false,
  });
`;

describeEachSite("a volume with a fixed name", (site) => {
  let project: PulumiProject;
  beforeAll(async () => {
    project = await PulumiProject.create({ program, config: site.config });
  });
  afterAll(() => project.dispose());

  const succeeded = (result: PulumiResult): void => expect(result.code, result.stdout + result.stderr).toBe(0);

  it("is replaced while its machine is kept", async () => {
    await site.makeIso(project.dir, "medium.iso", "one");
    succeeded(await project.up());
    const [before] = await site.volumes();
    const [machine] = await site.machines();
    await site.makeIso(project.dir, "medium.iso", "another one");

    const up = await project.up();
    succeeded(up);
    expect(up.steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`)).toEqual([
      "delete-replaced medium",
      "replace medium",
      "create-replacement medium",
      "update machine",
    ]);
    const [after, ...others] = await site.volumes();
    expect(others).toEqual([]);
    expect(after).toMatchObject({ name: "fixed", used_by: [`/1.0/instances/machine?project=${site.project}`] });
    expect(after?.created_at).not.toBe(before?.created_at);
    const [now] = await site.machines();
    expect(now?.devices).toEqual(machine?.devices);
    expect(now?.config["volatile.uuid"]).toBe(machine?.config["volatile.uuid"]);
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
  }, 120_000);

  it("goes with its machine", async () => {
    succeeded(await project.destroy());
    expect(await site.everything()).toEqual([]);
  });
});
