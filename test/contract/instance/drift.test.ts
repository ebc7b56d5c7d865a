// Instances: what somebody changed by hand is shown and put right, what only looks different is left alone.
import { beforeAll, expect, test } from "vitest";

import { blank, container, describeInstances } from "./site";

describeInstances("drift of an instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });

  test("what was changed by hand is shown by refresh and put right by the next up", async () => {
    const machine = site.resource();
    const args = { ...container(image), devices: { net: { type: "nic", nictype: "p2p" } } };
    await machine.up(args);
    const path = `/1.0/instances/${machine.name}`;
    await site.switchOff(machine.name);
    const { config, devices, ...rest } = await site.instance(machine.name);
    const kept = Object.fromEntries(Object.entries(devices).filter(([name]) => name !== "net"));
    const byHand = { ...config, "limits.memory": "96MiB", "user.foreign": "yes" };
    await site.change("PUT", path, { ...rest, devices: kept, config: byHand });

    await machine.refresh();
    expect(machine.inputs["running"]).toBe(false);
    expect(machine.inputs["config"]).toEqual({ "limits.memory": "96MiB", "user.foreign": "yes" });
    expect(machine.inputs["devices"]).toBeUndefined();
    expect(await machine.preview(args)).toMatchObject({ changes: true, replaces: [] });

    await machine.up(args);
    const after = await site.instance(machine.name);
    expect(after.status).toBe("Running");
    expect(after.config["limits.memory"]).toBe("64MiB");
    expect(after.config["user.foreign"]).toBeUndefined();
    expect(after.devices["net"]).toEqual({ type: "nic", nictype: "p2p" });
  });

  test("a root disk that was given another option by hand is drift", async () => {
    const vm = site.resource();
    await vm.up(blank);
    const { config, devices, ...rest } = await site.instance(vm.name);
    const root = { ...devices["root"], "boot.priority": "5" };
    await site.change("PUT", `/1.0/instances/${vm.name}`, { ...rest, config, devices: { root } });
    await vm.refresh();
    expect((await vm.preview(blank)).changes).toBe(true);
    await vm.up(blank);
    expect((await site.instance(vm.name)).devices["root"]).toEqual({
      type: "disk",
      path: "/",
      pool: "default",
      size: "64MiB",
    });
  });

  test("another spelling of the same sizes and booleans is no change", async () => {
    const vm = site.resource();
    await vm.up({ ...blank, config: { ...blank.config, "security.protection.delete": false } });
    const spelled = {
      ...blank,
      rootDisk: { pool: "default", size: "67108864" },
      config: { "limits.memory": "268435456B", "security.protection.delete": "0" },
    };
    expect(await vm.up(spelled)).toBe("same");
  });

  test("an empty config value is one that is not set", async () => {
    const vm = site.resource();
    const args = { ...blank, config: { ...blank.config, "limits.cpu": "" } };
    await vm.up(args);
    expect((await site.instance(vm.name)).config["limits.cpu"]).toBeUndefined();
    await vm.refresh();
    expect(await vm.up(args)).toBe("same");
  });
});
