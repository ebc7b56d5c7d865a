// Builds of golden images, cancelled in a phase: what was built so far stays as it is, and the next run resumes with it.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { describeGoldenImages, type Golden } from "../golden-image/site";
import { pressEnterUntil } from "../harness/console";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { type RawInstance } from "../instance/site";
import { cancelled, watching } from "./cancelled";

describeGoldenImages("a golden image that is cancelled", (site) => {
  let watched: FlakySocket;
  beforeEach(async () => {
    watched = new FlakySocket(site.daemon.socket);
    await watched.start();
  });
  afterEach(() => watched.stop());

  const resourceOf = ({ name }: Golden, socket = watched.socket): StackResource =>
    new StackResource("GoldenBuild", name, socket);
  const builder = (golden: Golden): Promise<RawInstance | undefined> =>
    site.find<RawInstance>(`/1.0/instances/${golden.builderName()}`);
  const uuid = async (golden: Golden): Promise<string | undefined> => (await builder(golden))?.config["volatile.uuid"];

  /** The version, and nothing else that the build has made. */
  async function expectBuilt(golden: Golden): Promise<void> {
    expect(await golden.versions()).toEqual([golden.version]);
    expect(await golden.machines()).toEqual([]);
  }

  site.testWithSimulation("during the installation keeps its builder, also with onFailure: clean", async () => {
    const golden = await site.golden("key");
    const resource = resourceOf(golden);
    const args = golden.args({ onFailure: "clean", install: { timeout: "10m", stableFor: "300ms" } });
    const reached = (async () => {
      while ((await builder(golden))?.status !== "Running") await sleep(20);
      await sleep(300);
    })();
    const said = await cancelled(resource, { args, watched, reached });
    expect(said).toContain("phase install: ");
    expect(said).not.toMatch(/console|screen|removed/);
    expect(watched.lines.filter((line) => line.includes("type=vga"))).toEqual([]);
    expect(await builder(golden)).toMatchObject({ status: "Running" });
    const resumed = resource.up(args);
    await watching(watched, golden.builderName());
    const at = { project: "default", name: golden.builderName() };
    expect(await pressEnterUntil(resumed, site.daemon.socket, at)).toBe("updated");
    await expectBuilt(golden);
    expect(watched.lines.filter((line) => line.startsWith("POST /1.0/instances?"))).toHaveLength(1);
    await resource.destroy();
  });

  site.testWithSimulation("during the installation can be destroyed at once", async () => {
    const golden = await site.golden("hang");
    const resource = resourceOf(golden);
    const reached = (async () => {
      while ((await builder(golden))?.status !== "Running") await sleep(20);
    })();
    await cancelled(resource, { args: golden.args(), watched, reached });
    await resource.destroy();
    expect(await golden.machines()).toEqual([]);
  });

  site.testWithSimulation("in a step of its provision runs that step again", async () => {
    const golden = await site.golden();
    const resource = resourceOf(golden);
    const wait = ["sh", "-c", "echo > /tmp/begun; cat /go || sleep 60"];
    const args = golden.args({ provision: [{ files: { "/one": { text: "1" } } }, { exec: wait, timeout: "5m" }] });
    const files = `/1.0/instances/${golden.builderName()}/files`;
    const reached = (async () => {
      while ((await site.daemon.raw.get(`${files}?path=/tmp/begun`)).status !== 200) await sleep(20);
    })();
    expect(await cancelled(resource, { args, watched, reached })).toContain("phase provision: ");
    const before = await uuid(golden);
    expect((await builder(golden))?.config["user.pulumi.steps"]).toBe("1");
    await site.send("POST", `${files}?path=/go`, Buffer.from("go"), { "Content-Type": "application/octet-stream" });
    expect(before).toBeDefined();
    expect(await uuid(golden)).toBe(before);
    expect(await resource.up(args)).toBe("updated");
    await expectBuilt(golden);
    expect(watched.lines.filter((line) => line.startsWith("POST /1.0/instances?"))).toHaveLength(1);
    await resource.destroy();
  });

  site.testWithSimulation("while the image is packed takes the image that the daemon makes all the same", async () => {
    const golden = await site.golden();
    const slow = new SlowSocket(site.daemon.socket);
    await slow.start();
    const resource = resourceOf(golden, slow.socket);
    const args = golden.args();
    const reached = slow.hold((line) => line === "POST /1.0/images");
    expect(await cancelled(resource, { args, watched: slow, reached })).toContain("phase publish: ");
    expect(await resource.up(args)).toBe("updated");
    await expectBuilt(golden);
    expect(slow.lines.filter((line) => line === "POST /1.0/images")).toHaveLength(1);
    await resource.destroy();
    await slow.stop();
  });
});
