// Drives of an instance: emptied and filled again, with files of the host, and with volumes that are made anew.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { tinyIso } from "../harness";
import { StackResource } from "../harness/stack";
import { blank, describeInstances } from "./site";

describeInstances("drives of an instance", (site) => {
  let [dir, file, volume] = ["", "", ""];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "instance-drives-"));
    file = join(dir, "medium.iso");
    await writeFile(file, tinyIso({ marker: site.prefix }));
    if (site.daemon.has("custom_volume_iso")) volume = await site.iso("hang");
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const vm = (cdroms: object[], more: object = {}): Record<string, unknown> => ({ ...blank, cdroms, ...more });
  const drive = async (name: string): Promise<unknown> => (await site.instance(name)).devices["cdrom0"];

  site.testWithIso("is emptied and filled again under a running machine", async () => {
    const machine = site.resource();
    const medium = { volume: { pool: "default", name: volume } };
    const full = vm([medium], { running: true });
    const empty = vm([{ ...medium, attached: false }], { running: true });
    await machine.up(full);
    const path = `/1.0/instances/${machine.name}/state`;
    const { pid } = await site.get<{ pid: number }>(path);
    const device = { type: "disk", pool: "default", source: volume };
    expect(await machine.up(empty)).toBe("updated");
    const left = site.daemon.has("disk_attached") ? { ...device, attached: "false" } : undefined;
    expect(await drive(machine.name)).toEqual(left);
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(empty)).toBe("same");
    expect(await machine.up(full)).toBe("updated");
    expect(await drive(machine.name)).toEqual(device);
    expect(await site.get<{ pid: number }>(path)).toMatchObject({ status: "Running", pid });
    await site.switchOff(machine.name);
  });

  test("has a file of the host, if that is an ISO", async () => {
    const machine = site.resource();
    const args = vm([{ hostPath: file, bootPriority: 5 }]);
    await machine.up(args);
    expect(await drive(machine.name)).toEqual({ type: "disk", source: file, "boot.priority": "5" });
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args)).toBe("same");
    expect(await machine.up(vm([{ hostPath: file, bootPriority: 5, attached: false }]))).toBe("updated");
    expect(await drive(machine.name)).toBeUndefined();
    expect(await machine.failures(vm([{ hostPath: "/x.img" }]))).toMatchObject([{ property: "cdroms[0].hostPath" }]);
    expect(await machine.failures(vm([{ bootPriority: 1 }]))).toMatchObject([{}]);
  });

  site.testWithIso("gets a volume back that was made anew, though the machine itself is not updated", async () => {
    const name = site.name();
    const iso = new StackResource("IsoVolume", name, site.daemon.socket);
    const medium = { pool: "default", name, source: { file } };
    await iso.up(medium);
    const machine = site.resource();
    const args = vm([{ volume: { pool: "default", name }, bootPriority: 3 }]);
    await machine.up(args);
    const before = await site.instance(machine.name);
    await iso.destroy();
    expect(await drive(machine.name)).toBeUndefined();
    await iso.up(medium);
    const after = await site.instance(machine.name);
    expect([after.devices, after.config]).toEqual([before.devices, before.config]);
    expect(await machine.up(args)).toBe("same");
  });

  site.testWithIso("does not get one back that its machine no longer wants", async () => {
    const name = site.name();
    const iso = new StackResource("IsoVolume", name, site.daemon.socket);
    const medium = { pool: "default", name, source: { file } };
    await iso.up(medium);
    const machine = site.resource();
    await machine.up(vm([{ volume: { pool: "default", name } }]));
    await iso.destroy();
    await machine.up(vm([]));
    await iso.up(medium);
    expect(await drive(machine.name)).toBeUndefined();
    expect((await site.instance(machine.name)).config).not.toHaveProperty(["user.pulumi.detached"]);
  });
});
