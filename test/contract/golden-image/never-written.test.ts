// Golden images whose installer has written nothing: no image of a blank disk is ever released, whenever the run is killed.
import { expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { answerOf } from "../lifecycle/table";
import { describeGoldenImages, Golden } from "./site";

describeGoldenImages("golden images whose installer has written nothing", (site) => {
  const refused = /phase publish: [^]*never written[^]*\[failed\]\n/;

  /** No image that is nobody's is left either: one that is packed and not yet marked. */
  async function expectNothing(golden: Golden): Promise<void> {
    expect(await golden.images()).toEqual([]);
    const all = await site.get<{ filename: string }[]>("/1.0/images?recursion=1");
    expect(all.filter(({ filename }) => filename.includes(golden.version))).toEqual([]);
    expect(await golden.target()).toBeUndefined();
  }

  site.testWithGuest("are an error, and leave the builder and no image", async () => {
    const golden = await site.golden("halt");
    const said = await golden.resource.up(golden.args()).catch((error: unknown) => String(error));
    expect(said).toMatch(refused);
    // LXD keeps no log of a virtual machine's console.
    if (site.daemon.product === "incus") expect(said).toMatch(site.isSimulated ? /GNU GRUB/ : /no answers found/);
    expect(said).toMatch(new RegExp(`The builder ${golden.builderName()} is left unchanged`));
    await expectNothing(golden);
    expect(await golden.machines()).toEqual([golden.builderName()]);
    await golden.resource.destroy();
    expect(await golden.machines()).toEqual([]);
  });

  site.testWithSimulation("leave the version before released, and are followed by one that is right", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const [before] = await golden.images();
    const bad = new Golden(site, await site.iso("halt"), golden.name);
    for (const run of ["first", "second"]) {
      await expect(golden.resource.up(bad.args()), run).rejects.toThrow(refused);
      expect(await golden.images()).toEqual([before]);
      expect(await golden.target()).toBe(before?.fingerprint);
      expect(await golden.machines()).toEqual([bad.builderName()]);
    }
    const fixed = new Golden(site, await site.iso("power off"), golden.name);
    expect(await golden.resource.up(fixed.args())).toBe("replaced");
    expect(await golden.versions()).toEqual([golden.version, fixed.version]);
    expect(await golden.target()).not.toBe(before?.fingerprint);
    expect(await golden.machines()).toEqual([]);
  });

  site.testWithSimulation("leave nothing with onFailure clean", async () => {
    const golden = await site.golden("halt");
    const up = golden.resource.up(golden.args({ onFailure: "clean" }));
    await expect(up).rejects.toThrow(/never written[^]*is removed, as onFailure says/);
    await expectNothing(golden);
    expect(await golden.machines()).toEqual([]);
    await golden.resource.destroy();
  });

  /** The requests at which a run is killed: each has reached the server, and nobody reads the answer. */
  const moments: [string, RegExp][] = [
    ["packing the image", /^POST \/1\.0\/images$/],
    ["marking the image", /^PUT \/1\.0\/images\/[0-9a-f]{64}$/],
    ["reading the image", /^GET \/1\.0\/images\/[0-9a-f]{64}\/export$/],
    ["deleting the image", /^DELETE \/1\.0\/images\/[0-9a-f]{64}$/],
  ];
  // They are the same requests to LXD.
  for (const [title, line] of site.daemon.product === "incus" ? moments : []) {
    site.testWithSimulation(`are refused by the run after one that was killed while ${title}`, async () => {
      const golden = await site.golden("halt");
      await killedAt(golden, line);
      expect(await golden.target()).toBeUndefined();
      await expect(golden.resource.up(golden.args())).rejects.toThrow(refused);
      await expectNothing(golden);
      await golden.resource.destroy();
    });
  }

  site.testWithSimulation("are looked at again after a kill, and released if there is something in them", async () => {
    const golden = await site.golden();
    await killedAt(golden, /^GET \/1\.0\/images\/[0-9a-f]{64}\/export$/);
    const [candidate] = await golden.images();
    expect(candidate?.aliases).toEqual([]);
    expect(await golden.resource.up(golden.args())).toBe("created");
    expect((await golden.images()).map(({ fingerprint }) => fingerprint)).toEqual([candidate?.fingerprint]);
    expect(await golden.target()).toBe(candidate?.fingerprint);
  });

  site.testWithSimulation("are not released when the server gives out something else in their place", async () => {
    const golden = await site.golden("halt");
    const flaky = new FlakySocket(site.daemon.socket);
    await flaky.start();
    const matches = (line: string): boolean => /^GET .*\/export\?/.test(line);
    flaky.answer = { matches, text: answerOf(200, "no image") };
    const misled = new StackResource("GoldenBuild", golden.name, flaky.socket);
    await expect(misled.up(golden.args())).rejects.toThrow(
      /phase publish: [^]*is not the image[^]*\[content-mismatch\]/,
    );
    await flaky.stop();
    expect(await golden.target()).toBeUndefined();
    await expect(golden.resource.up(golden.args())).rejects.toThrow(refused);
    await expectNothing(golden);
    await golden.resource.destroy();
  });

  async function killedAt(golden: Golden, line: RegExp): Promise<void> {
    const slow = new SlowSocket(site.daemon.socket);
    await slow.start();
    const reached = slow.hold((each) => line.test(each));
    const killed = new StackResource("GoldenBuild", golden.name, slow.socket);
    // What is left of a killed run in this process asks in vain, and keeps its place among those that build.
    killed.config = golden.resource.config = { "lxd:parallelBuilds": "20" };
    const ended = killed.up(golden.args()).catch(() => undefined);
    expect(await Promise.race([reached.then(() => "killed"), ended.then(() => "ended")])).toBe("killed");
    await slow.stop();
  }
});
