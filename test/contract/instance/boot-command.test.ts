// Instances: what is typed on the serial console of a machine when it boots for the first time.
import { beforeAll, describe, expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("the boot command", (site) => {
  let medium = "";
  beforeAll(async () => {
    if (site.daemon.has("custom_volume_iso")) medium = await site.iso("key");
  });
  const machine = (bootCommand: object[], more: object = {}): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "16MiB" },
    config: { "limits.memory": "256MiB" },
    firmware: "uefi",
    cdroms: [{ volume: { pool: "default", name: medium }, bootPriority: 10, afterWaits: "eject" }],
    bootCommand,
    waitFor: [{ condition: "powered-off", timeout: "60s", stableFor: "1s" }],
    ...more,
  });
  const ask = { waitFor: "Press any key", timeout: "40s" };

  site.testWithGuest("is what makes an installer go on that asks for a key", async () => {
    const resource = site.resource();
    await resource.up(machine([ask, { key: "enter" }]));
    const found = await site.instance(resource.name);
    expect(found.status).toBe("Stopped");
    expect(found.config["user.pulumi.pending"]).toBeUndefined();
    expect(Object.keys(found.devices)).toEqual(["root"]);
    await resource.destroy();
  });

  site.testWithGuest(
    "that is not answered is told with its step, and typed from the beginning the next time",
    async () => {
      const resource = site.resource();
      const never = { waitFor: "Abort, Retry, Fail", timeout: "1s" };
      const words =
        /bootCommand\[1\]: the console has not printed \/Abort, Retry, Fail\/ after 1s; the last lines[^]*Press any key/;
      await expect(resource.up(machine([ask, never, { key: "enter" }]))).rejects.toThrow(words);
      expect(await site.instance(resource.name)).toMatchObject({
        status: "Running",
        config: { "user.pulumi.pending": "boot" },
      });
      expect(await resource.up(machine([ask, { key: "enter", times: 2, every: "10ms" }, { pause: "100ms" }]))).toBe(
        "updated",
      );
      expect((await site.instance(resource.name)).status).toBe("Stopped");
      await resource.destroy();
    },
  );

  site.testWithGuest("leaves what the console said meanwhile to the waits after it", async () => {
    const resource = site.resource();
    const waitFor = [{ condition: "console", pattern: "Press any key", timeout: "5s" }];
    await resource.up(machine([ask, { pause: "10ms" }], { waitFor }));
    expect((await site.instance(resource.name)).status).toBe("Running");
    await resource.destroy();
  });

  site.daemon.test(
    "hears what the firmware has said before it was connected",
    {
      needs: ["custom_volume_iso"],
      missing: () => (site.daemon.product === "lxd" ? "LXD keeps nothing of what a machine says" : undefined),
      timeoutMs: 120_000,
    },
    async () => {
      const resource = site.resource();
      const firmware = { waitFor: "BdsDxe: starting Boot", timeout: "40s" };
      await resource.up(machine([firmware, ask, { key: "enter" }]));
      expect((await site.instance(resource.name)).status).toBe("Stopped");
      await resource.destroy();
    },
  );

  describe("at the GRUB of a simulated medium", () => {
    const simulated = {
      missing: (): string | undefined =>
        site.daemon.kind === "embedded" ? undefined : "a simulated medium on a server that tells what was said before",
    };
    const grub = async (bootCommand: object[]): Promise<Record<string, unknown>> => ({
      ...machine(bootCommand),
      cdroms: [{ volume: { pool: "default", name: await site.iso("power off") }, bootPriority: 10 }],
    });

    site.daemon.test("types on its command line, as the example for Ubuntu", simulated, async () => {
      const resource = site.resource();
      const commands = ["linux /casper/vmlinuz autoinstall", "boot"];
      const steps = commands.flatMap((command) => [
        { waitFor: "grub> $", timeout: "5s" },
        { type: command },
        { key: "enter" },
      ]);
      await resource.up(
        await grub([{ waitFor: "GNU GRUB", timeout: "5s" }, { pause: "500ms" }, { type: "c" }, ...steps]),
      );
      expect((await site.instance(resource.name)).status).toBe("Stopped");
      await resource.destroy();
    });

    site.daemon.test("keeps the menu by a key, and boots its entry by another", simulated, async () => {
      const resource = site.resource();
      const said = { waitFor: "Welcome to GRUB!", timeout: "5s" };
      await resource.up(await grub([said, { key: "ctrl-a", times: 3, every: "200ms" }, { key: "enter" }]));
      expect((await site.instance(resource.name)).status).toBe("Stopped");
      await resource.destroy();
    });
  });

  describe("as it is written in the program", () => {
    test("is checked step by step", async () => {
      const steps = [
        { waitFor: "(" },
        { key: "return" },
        { typed: "x" },
        { pause: "soon" },
        { key: "ctrl-c", times: 0 },
      ];
      const failures = await site.resource().failures(machine(steps));
      const reasons = failures.filter(({ property }) => property.startsWith("bootCommand"));
      expect(reasons.map(({ property }) => property)).toEqual([
        "bootCommand[0].waitFor",
        "bootCommand[1].key",
        "bootCommand[2].typed",
        "bootCommand[3].pause",
        "bootCommand[4].times",
      ]);
      expect(reasons[2]?.reason).toContain('did you mean "type"?');
    });
  });
});
