// Virtual machines: their root disk grows while they run and is rebuilt, and what profiles bring is told.
import { expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("a virtual machine", (site) => {
  const vm = (more: object): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "64MiB" },
    config: { "limits.memory": "256MiB", "security.secureboot": false },
    running: false,
    ...more,
  });

  site.testWithGuest("has its root disk grown while it runs", async () => {
    const machine = site.resource();
    const volume = await site.iso("hang");
    const cdroms = [{ volume: { pool: "default", name: volume }, bootPriority: 5 }];
    await machine.up(vm({ cdroms, running: true }));
    const path = `/1.0/instances/${machine.name}/state`;
    const { pid } = await site.get<{ pid: number }>(path);
    const larger = vm({ cdroms, running: true, rootDisk: { pool: "default", size: "96MiB" } });
    expect(await machine.up(larger)).toBe("updated");
    expect((await site.instance(machine.name)).devices["root"]?.["size"]).toBe("96MiB");
    expect(await site.get<{ pid: number }>(path)).toMatchObject({ status: "Running", pid });
    expect(await machine.up(larger)).toBe("same");
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
