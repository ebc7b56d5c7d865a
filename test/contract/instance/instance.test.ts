// Instances: made, changed in place, made anew, and taken away.
import { beforeAll, expect, test } from "vitest";

import { blank, container, describeInstances } from "./site";

describeInstances("instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });

  test("a blank virtual machine has what the program says", async () => {
    const vm = site.resource();
    const nic = { type: "nic", nictype: "p2p", mtu: 1400 };
    expect(await vm.up({ ...blank, description: "made", devices: { eth0: nic }, profiles: [] })).toBe("created");
    const made = await site.instance(vm.name);
    expect(made).toMatchObject({ type: "virtual-machine", status: "Stopped", description: "made", profiles: [] });
    expect(made.config).toMatchObject({ "limits.memory": "256MiB" });
    expect(made.config["user.pulumi.owner"]).toBe(vm.urn);
    expect(made.devices).toEqual({
      root: { type: "disk", path: "/", pool: "default", size: "64MiB" },
      eth0: { type: "nic", nictype: "p2p", mtu: "1400" },
    });
    expect(vm.id).toBe(`default/${vm.name}`);
    expect(vm.outputs).toMatchObject({ status: "Stopped", architecture: "x86_64", running: false });
  });

  test("a container comes from an image and runs", async () => {
    const machine = site.resource();
    await machine.up(container(image));
    const made = await site.instance(machine.name);
    expect(made).toMatchObject({ type: "container", status: "Running", profiles: ["default"] });
    expect(made.config["volatile.base_image"]).toBe(image);
  });

  test("the same program again changes nothing on the daemon, also after a refresh", async () => {
    const vm = site.resource();
    await vm.up(blank);
    const before = await site.instance(vm.name);
    expect(await vm.up(blank)).toBe("same");
    expect(await vm.refresh()).toBe(true);
    expect(await vm.up(blank)).toBe("same");
    expect(await site.instance(vm.name)).toEqual(before);
  });

  test("config, devices, profiles and description change in place and keep the machine's identity", async () => {
    const vm = site.resource();
    await vm.up(blank);
    const before = await site.instance(vm.name);
    const changed = {
      ...blank,
      description: "changed",
      config: { ...blank.config, "limits.memory": "128MiB", "user.note": 7 },
      devices: { net: { type: "nic", nictype: "p2p" } },
      profiles: [],
    };
    expect(await vm.up(changed)).toBe("updated");
    const after = await site.instance(vm.name);
    expect(after).toMatchObject({ description: "changed", profiles: [] });
    expect(after.config).toMatchObject({ "limits.memory": "128MiB", "user.note": "7" });
    expect(after.devices["net"]).toEqual({ type: "nic", nictype: "p2p" });
    expect(after.config["volatile.uuid"]).toBe(before.config["volatile.uuid"]);
    expect(before.config["volatile.uuid"]).toBeTruthy();
  });

  test("running is switched off and on in place", async () => {
    const machine = site.resource();
    await machine.up(container(image));
    await machine.up({ ...container(image), running: false });
    expect((await site.instance(machine.name)).status).toBe("Stopped");
    await machine.up(container(image));
    expect((await site.instance(machine.name)).status).toBe("Running");
  });

  test("one that is gone by hand is made again, and is no trouble to delete", async () => {
    const vm = site.resource();
    await vm.up(blank);
    await site.change("DELETE", `/1.0/instances/${vm.name}`);
    expect(await vm.refresh()).toBe(false);
    expect(await vm.up(blank)).toBe("created");
    await site.change("DELETE", `/1.0/instances/${vm.name}`);
    await vm.destroy();
    expect(await site.find(`/1.0/instances/${vm.name}`)).toBeUndefined();
  });

  test("a running machine is stopped and deleted", async () => {
    const machine = site.resource();
    await machine.up(container(image));
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("a protected machine is not deleted, and still runs", async () => {
    const machine = site.resource();
    await machine.up({ ...container(image), config: { "security.protection.delete": true } });
    await expect(machine.destroy()).rejects.toThrow(/protect/);
    expect((await site.instance(machine.name)).status).toBe("Running");
    await machine.up(container(image));
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("another image is a replacement, whose preview says so", async () => {
    const machine = site.resource();
    await machine.up({ ...container(image), running: false });
    const other = await site.image("other");
    const args = { ...container(image), running: false, source: { image: other } };
    expect(await machine.preview(args)).toEqual({ changes: true, replaces: ["source"], deleteBeforeReplace: true });
    expect(await machine.up(args)).toBe("replaced");
    expect((await site.instance(machine.name)).config["volatile.base_image"]).toBe(other);
  });

  test("a root disk of its own, in the pool of the profile's, is an update", async () => {
    const profile = site.name();
    const root = { type: "disk", path: "/", pool: "default" };
    await site.change("POST", "/1.0/profiles", { name: profile, devices: { root } });
    try {
      const vm = site.resource();
      const args = { ...blank, profiles: [profile] };
      await vm.up({ ...args, rootDisk: undefined });
      expect(await vm.preview(args)).toMatchObject({ changes: true, replaces: [] });
      const [failure] = await vm.failures({ ...args, rootDisk: { pool: "another" } });
      expect(failure).toMatchObject({ property: "rootDisk.pool" });
      await vm.destroy();
    } finally {
      await site.change("DELETE", `/1.0/profiles/${profile}`);
    }
  });

  test("an image that is not there is told in one sentence, and nothing is made", async () => {
    const machine = site.resource();
    const up = machine.up({ ...container(image), source: { image: "0".repeat(64) } });
    await expect(up).rejects.toThrow(/create instance default\/.*there is no image 0+.*\[not-found\]/);
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("an image of the other type is told with both types", async () => {
    const machine = site.resource();
    const up = machine.up({ ...blank, source: { image } });
    await expect(up).rejects.toThrow(/is one of a container.*type: "container"/s);
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });
});
