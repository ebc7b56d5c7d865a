// Instances: installation media are attached, swapped, taken out, and follow a volume that is made anew.
import { beforeAll, expect, test } from "vitest";

import { blank, describeInstances } from "./site";

describeInstances("cdroms of an instance", (site) => {
  let [first, second] = ["", ""];
  beforeAll(async () => {
    if (!site.daemon.has("custom_volume_iso")) return;
    first = await site.iso("hang");
    second = await site.iso("hang");
  });
  const cdrom = (name: string, more: object = {}): object => ({ volume: { pool: "default", name }, ...more });
  const vm = (cdroms: object[], more: object = {}): Record<string, unknown> => ({ ...blank, cdroms, ...more });

  site.testWithIso("are attached with their priorities, and listed as the volume's users", async () => {
    const machine = site.resource();
    await machine.up(vm([cdrom(first, { bootPriority: 10 }), cdrom(second, { name: "drivers" })]));
    const { devices } = await site.instance(machine.name);
    const disk = { type: "disk", pool: "default" };
    expect(devices["cdrom0"]).toEqual({ ...disk, source: first, "boot.priority": "10" });
    expect(devices["drivers"]).toEqual({ ...disk, source: second });
    const volume = `/1.0/storage-pools/default/volumes/custom/${first}`;
    const { used_by: users } = await site.get<{ used_by: string[] }>(volume);
    expect(users).toContain(`/1.0/instances/${machine.name}`);
    await machine.refresh();
    expect(await machine.up(vm([cdrom(first, { bootPriority: 10 }), cdrom(second, { name: "drivers" })]))).toBe("same");
  });

  site.testWithIso("are swapped, added and removed in place", async () => {
    const machine = site.resource();
    await machine.up(vm([cdrom(first)]));
    expect(await machine.up(vm([cdrom(second)]))).toBe("updated");
    expect((await site.instance(machine.name)).devices["cdrom0"]?.["source"]).toBe(second);
    await machine.up(vm([cdrom(second), cdrom(first)]));
    expect(Object.keys((await site.instance(machine.name)).devices).sort()).toEqual(["cdrom0", "cdrom1", "root"]);
    await machine.up(vm([]));
    expect(Object.keys((await site.instance(machine.name)).devices)).toEqual(["root"]);
  });

  site.testWithIso("are swapped and taken out under a running machine, which goes on running", async () => {
    const machine = site.resource();
    const args = vm([cdrom(first, { bootPriority: 10 })], { running: true });
    await machine.up(args);
    const path = `/1.0/instances/${machine.name}/state`;
    const { pid } = await site.get<{ pid: number }>(path);
    await machine.up({ ...args, cdroms: [cdrom(second, { bootPriority: 10 })] });
    expect((await site.instance(machine.name)).devices["cdrom0"]?.["source"]).toBe(second);
    await machine.up({ ...args, cdroms: [] });
    expect((await site.instance(machine.name)).devices["cdrom0"]).toBeUndefined();
    expect(await site.get<{ pid: number }>(path)).toMatchObject({ status: "Running", pid });
    await machine.destroy();
  });

  site.testWithIso("are USB drives for Windows where the server has them, and what they are told to be", async () => {
    const machine = site.resource();
    const args = vm([cdrom(first), cdrom(second, { bus: "virtio-scsi" })], { os: "windows" });
    await machine.up(args);
    const { devices, config } = await site.instance(machine.name);
    expect(devices["cdrom0"]?.["io.bus"]).toBe(site.daemon.has("disk_io_bus_usb") ? "usb" : undefined);
    expect(devices["cdrom1"]?.["io.bus"]).toBe("virtio-scsi");
    expect(config["image.os"]).toBe("Windows");
    await machine.refresh();
    expect(await machine.up(args)).toBe("same");
  });

  site.testWithIso("with an option set by hand are drift that the next up puts right", async () => {
    const machine = site.resource();
    const args = vm([cdrom(first)]);
    await machine.up(args);
    const { devices, ...rest } = await site.instance(machine.name);
    const changed = { ...devices, cdrom0: { ...devices["cdrom0"], "boot.priority": "7", required: "false" } };
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...rest, devices: changed });
    await machine.refresh();
    expect(machine.inputs["devices"]).toMatchObject({ cdrom0: { required: "false" } });
    expect((await machine.preview(args)).changes).toBe(true);
    await machine.up(args);
    expect((await site.instance(machine.name)).devices["cdrom0"]).toEqual(devices["cdrom0"]);
  });

  site.testWithIso("see a volume that is made anew under its fixed name", async () => {
    const machine = site.resource();
    const name = await site.iso("hang");
    const digest = (text: string): object => ({ volume: { pool: "default", name, digest: `sha256:${text}` } });
    await machine.up(vm([digest("old")]));
    const volume = `/1.0/storage-pools/default/volumes/custom/${name}`;
    await expect(site.change("DELETE", volume)).rejects.toThrow(/in use/);
    // What the ISO volume's delete does to the machines of its own stack before the new one is imported.
    const { devices, ...rest } = await site.instance(machine.name);
    const kept = Object.fromEntries(Object.entries(devices).filter(([device]) => device !== "cdrom0"));
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...rest, devices: kept });
    await site.change("DELETE", volume);
    await site.iso("hang", name);
    expect(await machine.up(vm([digest("new")]))).toBe("updated");
    expect((await site.instance(machine.name)).devices["cdrom0"]?.["source"]).toBe(name);
  });

  site.testWithIso("of a volume that is not there leave nothing behind", async () => {
    const machine = site.resource();
    await expect(machine.up(vm([cdrom(`${site.prefix}-no-such`)]))).rejects.toThrow(
      /cdroms\[0\]\.volume\.name: there is no storage volume default\/.*-no-such in project default/,
    );
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("are refused in the preview where the server has no ISO volumes", async ({ skip }) => {
    if (site.daemon.has("custom_volume_iso")) skip("this server has ISO volumes");
    const machine = site.resource();
    const [failure] = await machine.failures(vm([cdrom("installer")]));
    expect(failure).toMatchObject({ property: "cdroms" });
    expect(failure?.reason).toMatch(/LXD .* has no ISO volumes.*custom_volume_iso/);
  });
});
