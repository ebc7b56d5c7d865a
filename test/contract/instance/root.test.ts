// Virtual machines: their root disk grows and is rebuilt, and what profiles bring is told.
import { expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("a virtual machine", (site) => {
  const vm = (more: object): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "64MiB" },
    config: { "limits.memory": "256MiB" },
    firmware: "uefi",
    running: false,
    ...more,
  });

  site.testWithGuest(
    "has its root disk grown with consent, where the pool grows none of a running machine",
    async () => {
      const machine = site.resource();
      await machine.up(vm({ running: true }));
      const path = `/1.0/instances/${machine.name}`;
      const startedAt = async (): Promise<string> => (await site.get<{ last_used_at: string }>(path)).last_used_at;
      const before = await startedAt();
      const larger = vm({ running: true, rootDisk: { pool: "default", size: "96MiB" }, shutdownTimeout: "0s" });
      const [failure, ...more] = await machine.failures(larger);
      expect(more).toEqual([]);
      expect(failure).toMatchObject({ property: "rootDisk.size" });
      expect(failure?.reason).toMatch(/cannot grow while .* allowRestart: true/);
      expect(await machine.up({ ...larger, allowRestart: true })).toBe("updated");
      const { config, devices, status } = await site.instance(machine.name);
      expect(devices["root"]?.["size"]).toBe("96MiB");
      // The daemon's own note that it has yet to do it, which it takes away when it has.
      expect(config["volatile.root.apply_quota"]).toBeUndefined();
      expect(status).toBe("Running");
      expect(await startedAt()).not.toBe(before);
      expect(await machine.up({ ...larger, allowRestart: true })).toBe("same");
      await site.switchOff(machine.name);
    },
  );

  site.testWithGuest("is not said to have the disk that it gets at its next start", async () => {
    const machine = site.resource();
    await machine.up(vm({ running: true }));
    const { devices, ...rest } = await site.instance(machine.name);
    const root = { ...devices["root"], size: "96MiB" };
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...rest, devices: { ...devices, root } });
    expect((await site.instance(machine.name)).config["volatile.root.apply_quota"]).toBe("true");
    const larger = vm({ running: true, rootDisk: { pool: "default", size: "96MiB" }, shutdownTimeout: "0s" });
    await expect(machine.up(larger)).rejects.toThrow(/rootDisk\.size: .* next start[^]*allowRestart: true/);
    await machine.up({ ...larger, running: false });
    await machine.up(larger);
    expect((await site.instance(machine.name)).config["volatile.root.apply_quota"]).toBeUndefined();
    await site.switchOff(machine.name);
  });

  site.daemon.test("is rebuilt from an image, blank as it was", { needs: ["instances_rebuild"] }, async () => {
    const image = await site.image("disk", "virtual-machine");
    const machine = site.resource();
    const nics = [{ nictype: "p2p" }];
    await machine.up(vm({ onImageChange: "rebuild", nics }));
    const before = await site.instance(machine.name);
    const args = vm({ onImageChange: "rebuild", nics, source: { image } });
    expect(await machine.up(args)).toBe("updated");
    const { config, devices } = await site.instance(machine.name);
    expect(config["volatile.base_image"]).toBe(image);
    expect(config["volatile.uuid"]).toBe(before.config["volatile.uuid"]);
    expect(config["volatile.eth0.hwaddr"]).toBe(before.config["volatile.eth0.hwaddr"]);
    expect([devices, config["user.pulumi.owner"]]).toEqual([before.devices, machine.urn]);
    expect(await machine.up(args)).toBe("same");
  });

  test("without a root disk is refused, also where a device replaces the one of a profile", async () => {
    const profile = site.name();
    const devices = { root: { type: "disk", path: "/", pool: "default" } };
    await site.change("POST", "/1.0/profiles", { name: profile, devices });
    const machine = site.resource();
    const args = (more: object): Record<string, unknown> => vm({ rootDisk: undefined, profiles: [profile], ...more });
    expect(await machine.failures(args({}))).toEqual([]);
    const larger = { root: { type: "disk", path: "/", size: "64MiB" } };
    const [failure] = await machine.failures(args({ devices: larger }));
    expect(failure).toMatchObject({ property: 'devices["root"].pool' });
    expect(failure?.reason).toMatch(/use rootDisk: \{ pool: "default", size: "64MiB" \}/);
    const other = { root: { type: "disk", path: "/srv", source: "/srv" } };
    expect(await machine.failures(args({ devices: other }))).toMatchObject([{ property: "rootDisk" }]);
  });

  test("tells the config that it has from its profiles too, which is no drift", async () => {
    const profile = site.name();
    await site.change("POST", "/1.0/profiles", { name: profile, config: { "user.from": "profile" } });
    const machine = site.resource();
    const args = vm({ profiles: [profile] });
    await machine.up(args);
    const expanded = machine.outputs["expandedConfig"];
    expect(expanded).toMatchObject({ "user.from": "profile", "limits.memory": "256MiB" });
    expect(Object.keys(expanded as object).filter((key) => /^(volatile|image|user\.pulumi)\./.test(key))).toEqual([]);
    expect(machine.outputs["config"]).not.toHaveProperty(["user.from"]);
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args)).toBe("same");
    await machine.destroy();
    await site.change("DELETE", `/1.0/profiles/${profile}`);
  });
});
