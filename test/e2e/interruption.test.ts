// Runs that are killed or time out in the middle: the next `pulumi up` converges, with no orphan and nothing made twice.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PulumiProject } from "./harness/project";
import { type PulumiResult, type PulumiRun } from "./harness/run";
import { describeEachSite, type Machine } from "./harness/site";
import { isUpload, startSlowProject } from "./harness/slow-project";
import { type SlowSocket } from "./harness/slow-socket";

const volumeProgram = `
  const lxd = require("pulumi-lxd");
  new lxd.IsoVolume("medium", { pool: "default", source: { file: "./medium.iso" }, description: "from the program", allowAnyContent: true });
`;

const machineProgram = (timeout: string): string => `
  const lxd = require("pulumi-lxd");
  const medium = new lxd.IsoVolume("medium", { pool: "default", source: { file: "./medium.iso" } });
  new lxd.Instance("machine", {
    type: "virtual-machine",
    profiles: [],
    rootDisk: { pool: "default", size: "16MiB" },
    cdroms: [{ volume: medium, bootPriority: 10 }],
    config: { "limits.memory": "256MiB", "security.secureboot": false },
    waitFor: [{ condition: "powered-off", timeout: "${timeout}", stableFor: "1s" }],
  });
`;

const isWait = (line: string): boolean => /^GET .*\/operations\/.*\/wait$/.test(line);

describeEachSite("a run that is interrupted", (site) => {
  let project: PulumiProject;
  let slow: SlowSocket;
  let dispose: () => Promise<void>;

  beforeAll(async () => {
    ({ project, slow, dispose } = await startSlowProject(site, volumeProgram));
  });
  afterAll(() => dispose());
  beforeEach(async () => {
    slow.lines.length = 0;
    await project.setProgram(volumeProgram);
  });
  afterEach(async () => {
    expect(await project.destroy()).toMatchObject({ code: 0 });
    expect(await site.everything()).toEqual([]);
  }, 60_000);

  async function killWhen(run: PulumiRun, reached: Promise<void>): Promise<void> {
    const ended = run.result.then(({ stdout, stderr }) => expect.fail(`ended first: ${stdout}${stderr}`));
    await Promise.race([reached, ended]);
    await run.kill();
    expect((await run.result).code).not.toBe(0);
    await project.cancel();
  }

  const succeeded = (result: PulumiResult): void => expect(result.code, result.stdout + result.stderr).toBe(0);

  describe("while a volume is uploaded", () => {
    it("leaves no volume, and the next run uploads it", async () => {
      await writeFile(join(project.dir, "medium.iso"), Buffer.alloc(20 * 2 ** 20, "content"));
      const reached = slow.hold(isUpload, 4 * 2 ** 20);
      await killWhen(project.startUp(), reached);
      await sleep(500);
      expect(await site.volumes()).toEqual([]);
      succeeded(await project.up());
      expect(await site.volumes()).toMatchObject([
        { description: "from the program", config: { size: String(20 * 2 ** 20) } },
      ]);
      expect(slow.lines.filter(isUpload)).toHaveLength(2);
    }, 60_000);

    it("whose end nobody sees leaves a volume that the next run makes again, since nothing shows that it is whole", async () => {
      await writeFile(join(project.dir, "medium.iso"), Buffer.alloc(2 ** 20, "other"));
      await killWhen(project.startUp(), slow.hold(isWait));
      while ((await site.volumes()).length === 0) await sleep(50);
      const [orphan] = await site.volumes();
      expect(orphan?.description).toBe("");
      succeeded(await project.up());
      expect(await site.volumes()).toMatchObject([{ name: orphan?.name, description: "from the program" }]);
      expect((await site.volumes())[0]?.created_at).not.toBe(orphan?.created_at);
      expect(slow.lines.filter(isUpload)).toHaveLength(2);
      expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    }, 60_000);
  });

  describe("while a machine is waited for", () => {
    const machine = async (): Promise<Machine | undefined> => (await site.machines())[0];
    const uuid = async (): Promise<string | undefined> => (await machine())?.config["volatile.uuid"];

    beforeEach(() => site.makeIso(project.dir, "medium.iso", "installing"));

    it("leaves a machine that the next run takes over, and waits for to its end", async () => {
      await project.setProgram(machineProgram("2m"));
      const started = async (): Promise<void> => {
        while ((await machine())?.status !== "Running") await sleep(50);
      };
      const run = project.startUp();
      await killWhen(run, started());
      const before = await uuid();
      succeeded(await project.up());
      expect(await site.machines()).toMatchObject([{ name: "machine", status: "Stopped" }]);
      expect(await uuid()).toBe(before);
      expect(Object.keys((await machine())?.config ?? {})).not.toContain("user.pulumi.pending");
      expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    }, 120_000);

    it("when its time is over keeps the machine as failed, and the next run repairs it", async () => {
      await project.setProgram(machineProgram("1s"));
      const up = await project.up();
      expect(up.code).not.toBe(0);
      const failures = up.messages.filter(({ severity }) => severity === "error").map(({ text }) => text);
      expect(failures.join("\n")).toMatch(
        /create instance e2e-\w+\/machine: waiting for powered-off: the machine is Running, not powered off, after 1s.*\[timeout\]/s,
      );
      expect(failures.join("\n")).toContain("The machine is left unchanged.");
      const stored = (await project.exportStack()).deployment.resources?.find(({ id }) => id?.endsWith("/machine"));
      expect(stored).toHaveProperty("initErrors");
      const before = await uuid();

      await project.setProgram(machineProgram("2m"));
      const repair = await project.up();
      succeeded(repair);
      expect(repair.steps.find(({ name }) => name === "machine")).toMatchObject({ op: "update", failed: false });
      expect(await site.machines()).toMatchObject([{ name: "machine", status: "Stopped" }]);
      expect(await uuid()).toBe(before);
      expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    }, 120_000);
  });
});
