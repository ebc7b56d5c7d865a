// Golden images whose installation was given up: what the next run does with the machine that is still there.
import { expect } from "vitest";
import { describeGoldenImages, type Golden } from "./site";

describeGoldenImages("golden images that are tried again", (site) => {
  const short = { install: { timeout: "600ms", stableFor: "100ms" } };
  const path = (golden: Golden): string => `/1.0/instances/${golden.builderName()}`;
  const uuid = async (golden: Golden): Promise<string | undefined> =>
    (await site.find<{ config: Record<string, string> }>(path(golden)))?.config["volatile.uuid"];

  const isOff = (golden: Golden): Promise<void> =>
    expect.poll(async () => (await site.find<{ status: string }>(path(golden)))?.status).toBe("Stopped");

  site.testWithSimulation("publish nothing of a machine that somebody has switched off", async () => {
    const golden = await site.golden("hang");
    await expect(golden.resource.up(golden.args(short))).rejects.toThrow("[timeout]");
    await site.switchOff(golden.builderName());
    await expect(golden.resource.up(golden.args(short))).rejects.toThrow(/the machine is Running, not powered off/);
    expect(await golden.images()).toEqual([]);
    expect(await golden.target()).toBeUndefined();
    await golden.resource.destroy();
  });

  site.testWithSimulation(
    "do not wait once more for what was waited for in vain, but for one that was started anew",
    async () => {
      const golden = await site.golden("key");
      await expect(golden.resource.up(golden.args(short))).rejects.toThrow(/is left unchanged[^]*onFailure: "clean"/);
      const builder = await uuid(golden);
      for (const run of ["second", "third"]) {
        await expect(golden.resource.up(golden.args(short)), run).rejects.toThrow(
          /phase install: waiting for powered-off: an earlier run waited for .* for 600ms, and it is still running[^]*\[timeout\]/,
        );
      }
      await site.switchOff(golden.builderName());
      await site.change("PUT", `${path(golden)}/state`, { action: "start" });
      await expect(golden.resource.up(golden.args(short))).rejects.toThrow(
        /the machine is Running, not powered off, after/,
      );
      expect(await uuid(golden)).toBe(builder);
      // Ended by hand.
      await site.pressKey(golden.builderName());
      await isOff(golden);
      if (site.daemon.product === "incus") {
        expect(await golden.resource.up(golden.args(short))).toBe("updated");
        expect(await golden.versions()).toEqual([golden.version]);
      } else {
        // LXD keeps nothing of how a machine went off, so it is installed once more.
        await expect(golden.resource.up(golden.args(short))).rejects.toThrow(/the machine is Running, not powered off/);
      }
      await golden.resource.destroy();
    },
  );

  site.testWithSimulation("install from scratch when the program says that failures leave nothing", async () => {
    const golden = await site.golden("hang");
    await expect(golden.resource.up(golden.args(short))).rejects.toThrow("[timeout]");
    const before = await uuid(golden);
    const builders = new Set<string | undefined>();
    let isDone = false as boolean;
    const again = golden.resource.up(golden.args({ ...short, onFailure: "clean" })).then(
      () => "done",
      (error: unknown) => String(error),
    );
    void again.then(() => (isDone = true));
    while (!isDone) builders.add(await uuid(golden));
    expect(await again).toMatch(/the machine is Running, not powered off, after [^]*is removed, as onFailure says/);
    // Another machine was there, and is gone as well.
    expect([...builders].filter((each) => each !== undefined && each !== before)).toHaveLength(1);
    expect(await golden.machines()).toEqual([]);
    await golden.resource.destroy();
  });
});
