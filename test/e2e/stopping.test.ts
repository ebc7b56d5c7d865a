// Runs that are stopped, by Ctrl-C or by the end of the engine: nothing of them goes on, and the next `pulumi up` resumes.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { pressEnterUntil } from "../contract/harness/console";
import { watching } from "../contract/stopping/cancelled";
import { type PulumiProject } from "./harness/project";
import { type PulumiRun } from "./harness/run";
import { describeEachSite, type Machine } from "./harness/site";
import { isUpload, startSlowProject } from "./harness/slow-project";
import { type SlowSocket } from "./harness/slow-socket";

const volume = `
  const lxd = require("pulumi-lxd");
  const medium = new lxd.IsoVolume("medium", { pool: "default", source: { file: "./medium.iso" }, allowAnyContent: true });
`;
const machine = `${volume}
  new lxd.Instance("machine", {
    type: "virtual-machine",
    profiles: [],
    rootDisk: { pool: "default", size: "16MiB" },
    cdroms: [{ volume: medium, bootPriority: 10 }],
    firmware: "uefi",
    waitFor: [{ condition: "powered-off", timeout: "10m", stableFor: "1s" }],
  });
`;
const goldenImage = `${volume}
  new lxd.GoldenImage("golden", {
    iso: medium,
    machine: { memory: "256MiB", rootDisk: { pool: "default", size: "64MiB" }, firmware: "uefi" },
    install: { timeout: "10m", stableFor: "300ms" },
  });
`;

/** How long a stop may take: 2 s are promised, and a loaded machine is not held to that. */
const stopMs = 5000;
/** The last two leave an engine no time to say anything. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;

describeEachSite(
  "a run that is stopped",
  (site) => {
    let project: PulumiProject;
    let slow: SlowSocket;
    let dispose: () => Promise<void>;

    beforeAll(async () => {
      ({ project, slow, dispose } = await startSlowProject(site, volume));
    });
    afterAll(() => dispose());
    beforeEach(() => void (slow.lines.length = 0));
    afterEach(async () => {
      expect(await project.destroy()).toMatchObject({ code: 0 });
      expect(await site.everything()).toEqual([]);
    }, 60_000);

    /** Stops a run, of which nothing may be left; what it has sent until then was all. */
    async function stop(run: PulumiRun, signal: NodeJS.Signals, doing: RegExp): Promise<void> {
      const ms = await run.signal(signal);
      expect(ms).toBeLessThan(stopMs);
      const { code, stdout, stderr } = await run.result;
      expect(code).not.toBe(0);
      const lines = slow.lines.length;
      await sleep(500);
      expect(slow.lines.slice(lines)).toEqual([]);
      if (signal === "SIGHUP" || signal === "SIGKILL") await project.cancel();
      else expect(stdout + stderr).toMatch(new RegExp(`${doing.source}: the run was cancelled \\[cancelled\\]`));
    }

    async function resume(): Promise<void> {
      const up = await project.up();
      expect(up.code, up.stdout + up.stderr).toBe(0);
    }

    const running = async (): Promise<Machine> => {
      for (;;) {
        const [found] = await site.machines();
        if (found?.status === "Running") return found;
        await sleep(50);
      }
    };
    /** The next run, which looks at the machine as it is; then somebody presses the key that its installer asks for. */
    async function resumeAndPress({ name }: Machine): Promise<void> {
      slow.lines.length = 0;
      const run = project.startUp();
      await watching(slow, name);
      const up = await pressEnterUntil(run.result, site.socket, { project: site.project, name });
      expect(up.code, up.stdout + up.stderr).toBe(0);
    }

    it.for(signals)("by %s while a volume is uploaded", { timeout: 120_000 }, async (signal) => {
      await project.setProgram(volume);
      await writeFile(join(project.dir, "medium.iso"), Buffer.alloc(20 * 2 ** 20, signal));
      const reached = slow.hold(isUpload, 4 * 2 ** 20);
      const run = project.startUp();
      await reached;
      await stop(run, signal, /create ISO volume \S+/);
      expect(await site.volumes()).toEqual([]);
      await resume();
      expect(await site.volumes()).toMatchObject([{ config: { size: String(20 * 2 ** 20) } }]);
    });

    it.for(signals)("by %s while a machine is waited for", { timeout: 120_000 }, async (signal) => {
      await project.setProgram(machine);
      await site.makeIso(project.dir, "medium.iso", `pulumi-lxd: key ${signal}`);
      const run = project.startUp();
      const found = await running();
      await stop(run, signal, /create instance \S+/);
      expect(await running()).toMatchObject({
        name: "machine",
        config: { "volatile.uuid": found.config["volatile.uuid"] },
      });
      await resumeAndPress(found);
      expect(await site.machines()).toMatchObject([
        { status: "Stopped", config: { "volatile.uuid": found.config["volatile.uuid"] } },
      ]);
    });

    // Of the two that leave the engine no time, one is enough here.
    it.for(signals.filter((signal) => signal !== "SIGHUP"))(
      "by %s during the installation of a golden image",
      { timeout: 120_000 },
      async (signal) => {
        await project.setProgram(goldenImage);
        await site.makeIso(project.dir, "medium.iso", `pulumi-lxd: key ${signal}`);
        const run = project.startUp();
        const builder = await running();
        await stop(run, signal, /create golden image \S+: phase install/);
        expect(await running()).toMatchObject({
          name: builder.name,
          config: { "volatile.uuid": builder.config["volatile.uuid"] },
        });
        await resumeAndPress(builder);
        expect(await site.machines()).toEqual([]);
        expect(slow.lines).not.toContain("POST /1.0/instances");
      },
    );
  },
  ["embedded"],
);
