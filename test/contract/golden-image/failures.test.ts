// Golden images that fail to be built: what is told, what is left, and how the next run converges.
import { expect } from "vitest";
import { type Behaviour } from "../instance/site";
import { describeGoldenImages, Golden } from "./site";

describeGoldenImages("failed golden images", (site) => {
  const short = { install: { timeout: "800ms", stableFor: "300ms" } };

  /** What the console of each kind of stuck installer ends with. */
  const stuck: Partial<Record<Behaviour, string>> = {
    hang: "waiting for an answer",
    panic: "Kernel panic",
    loop: "second stage",
    full: "No space left on device",
  };
  for (const [behaviour, words] of Object.entries(stuck) as [Behaviour, string][]) {
    site.testWithSimulation(
      `name the phase and keep the builder when the installer does this: ${behaviour}`,
      async () => {
        const golden = await site.golden(behaviour);
        // LXD keeps no log of a virtual machine's console.
        const tail = site.daemon.product === "incus" ? words : "cannot be read";
        await expect(golden.resource.up(golden.args(short))).rejects.toThrow(
          new RegExp(
            `create golden image default/${golden.builderName()}: phase install: [^]*${tail}[^]*\\[timeout\\]`,
          ),
        );
        expect(await golden.machines()).toEqual([golden.builderName()]);
        expect(await golden.images()).toEqual([]);
        expect(await golden.target()).toBeUndefined();
        // The installer is made right: another medium, another version.
        const fixed = new Golden(site, await site.iso("power off"), golden.name);
        expect(await golden.resource.up({ ...fixed.args(), iso: fixed.args()["iso"] })).toBe("replaced");
        expect(await golden.machines()).toEqual([]);
        expect(await golden.versions()).toEqual([fixed.version]);
        await golden.resource.destroy();
        expect(await golden.images()).toEqual([]);
      },
    );
  }

  site.testWithGuest("go on with the same builder when nothing has changed", async () => {
    const golden = await site.golden("key");
    const timeout = site.isSimulated ? "1s" : "20s";
    const args = golden.args({ install: { timeout, stableFor: "500ms" } });
    // Where the server takes pictures, it may still not give them out: what is wrong is told all the same.
    const screen = site.daemon.has("instance_console_screenshot")
      ? "[^]*([Aa] screenshot is in|no screenshot is available)"
      : "";
    await expect(golden.resource.up(args)).rejects.toThrow(new RegExp(`phase install${screen}`));
    const uuid = (await site.instance(golden.builderName())).config["volatile.uuid"];
    const again = golden.resource.up(golden.args());
    expect((await site.instance(golden.builderName())).config["volatile.uuid"]).toBe(uuid);
    await site.pressKey(golden.builderName());
    expect(await again).toBe("updated");
    expect(await golden.versions()).toEqual([golden.version]);
    expect(await golden.machines()).toEqual([]);
    expect(golden.resource.outputs["fingerprint"]).toBe(await golden.target());
    await golden.resource.destroy();
  });

  site.testWithGuest("say which setting lets an installer boot that secure boot refuses", async () => {
    const golden = new Golden(site, await site.iso("unsigned"));
    // LXD gives out no console of a virtual machine, so there only time tells.
    const isTold = site.daemon.product === "incus";
    const install = { timeout: isTold ? "5m" : "1s", stableFor: "500ms" };
    const signed = golden.args({ install, machine: { firmware: "uefi-secureboot" } });
    await expect(golden.resource.up(signed)).rejects.toThrow(
      isTold
        ? /phase install: waiting for powered-off: the firmware has found nothing to boot: secure boot refuses [^]*\[failed\]\n[^]*`firmware: "uefi"`[^]*The builder is left unchanged/
        : /phase install: [^]*\[timeout\]/,
    );
    // By hand it comes to nothing either.
    await site.switchOff(golden.builderName());
    await expect(golden.resource.up(signed)).rejects.toThrow(/phase install: /);
    expect(await golden.images()).toEqual([]);
    expect(await golden.target()).toBeUndefined();
    expect(await golden.resource.up(golden.next())).toBe("replaced");
    expect(await golden.versions()).toEqual([golden.version]);
    expect(await golden.machines()).toEqual([]);
    await golden.resource.destroy();
  });

  site.testWithSimulation("leave nothing with onFailure clean, and start anew", async () => {
    const golden = await site.golden("hang");
    const args = golden.args({ ...short, onFailure: "clean" });
    await expect(golden.resource.up(args)).rejects.toThrow(/is removed, as onFailure says/);
    expect(await golden.machines()).toEqual([]);
    await expect(golden.resource.up(args)).rejects.toThrow(/\[timeout\]/);
    await golden.resource.destroy();
    expect(await golden.machines()).toEqual([]);
  });

  site.testWithSimulation("can be destroyed with what they have left", async () => {
    const golden = await site.golden("hang");
    await expect(golden.resource.up(golden.args(short))).rejects.toThrow("[timeout]");
    golden.resource.forgetProcess();
    await golden.resource.destroy();
    expect(await golden.machines()).toEqual([]);
  });

  site.testWithSimulation("leave the version before released, and the stack's", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const before = await golden.target();
    const bad = new Golden(site, await site.iso("hang"), golden.name);
    await expect(golden.resource.up(bad.args(short))).rejects.toThrow(/phase install/);
    expect(await golden.target()).toBe(before);
    expect(await golden.machines()).toEqual([bad.builderName()]);
    // Nobody else's run would find the builder: the one that is replaced takes it along.
    expect(await golden.resource.refresh()).toBe(true);
    await golden.resource.destroy();
    expect(await golden.machines()).toEqual([]);
    expect(await golden.images()).toEqual([]);
  });

  site.testWithSimulation("do not release what the trial refuses", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const before = await golden.target();
    const isLxd = site.daemon.product === "lxd";
    // A simulated guest has no address, and on LXD no console that could be read.
    const never = isLxd ? { condition: "ipv6" } : { condition: "console", pattern: "no such words" };
    const verify = { waitFor: [never], timeout: "1s" };
    const args = golden.next({ machine: { memory: "300MiB" }, verify });
    await expect(golden.resource.up(args)).rejects.toThrow(/phase verify: waiting for [^]*\[timeout\]/);
    expect(await golden.target()).toBe(before);
    expect(await golden.machines()).toEqual([golden.builderName(), `${golden.builderName()}-verify`]);
    // The same inputs: the trial goes on with the image that is there.
    const candidate = (await golden.images()).at(-1)?.fingerprint;
    const patient = isLxd ? undefined : { waitFor: [{ condition: "console", pattern: "system: up" }] };
    expect(await golden.resource.up({ ...args, verify: patient })).toBe("replaced");
    expect(await golden.target()).toBe(candidate);
    expect(await golden.machines()).toEqual([]);
  });
});
