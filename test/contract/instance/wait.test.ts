// Instances: the wait for a guest that powers itself off, its end, its time-out and its repair.
import { expect } from "vitest";

import { describeInstances } from "./site";

const vm = {
  type: "virtual-machine",
  rootDisk: { pool: "default", size: "64MiB" },
  config: { "limits.memory": "256MiB" },
  firmware: "uefi",
};

describeInstances("waiting for powered-off", (site) => {
  const booting = (iso: string, waitFor: object): Record<string, unknown> => ({
    ...vm,
    cdroms: [{ volume: { pool: "default", name: iso }, bootPriority: 10 }],
    waitFor: [{ condition: "powered-off", timeout: "2m", stableFor: "1s", ...waitFor }],
  });

  site.testWithGuest("ends when the guest has powered off, and leaves the machine off", async () => {
    const machine = site.resource();
    await machine.up(booting(await site.iso("power off"), {}));
    const made = await site.instance(machine.name);
    expect(made.status).toBe("Stopped");
    expect(made.config["user.pulumi.pending"]).toBeUndefined();
    expect(machine.outputs).toMatchObject({ running: false, status: "Stopped" });
    // What is installed is not installed again.
    const usedAt = (await site.get<{ last_used_at: string }>(`/1.0/instances/${machine.name}`)).last_used_at;
    await machine.up({ ...booting(await site.iso("power off"), {}), description: "installed" });
    expect(await site.get(`/1.0/instances/${machine.name}`)).toMatchObject({
      status: "Stopped",
      description: "installed",
      last_used_at: usedAt,
    });
  });

  site.testWithSimulation("is not fooled by an installer's reboot", async () => {
    const machine = site.resource();
    const begun = Date.now();
    await machine.up(booting(await site.iso("reboot"), { stableFor: "400ms" }));
    // Installing, the moment in which it looks stopped, the second stage, and the time to be sure.
    expect(Date.now() - begun).toBeGreaterThan(300 + 100 + 300 + 400);
    expect((await site.instance(machine.name)).status).toBe("Stopped");
  });

  site.testWithGuest("gives up in time, brings the console, and waits again next time", async () => {
    const machine = site.resource();
    const args = booting(await site.iso("key"), { timeout: site.isSimulated ? "1s" : "20s" });
    // LXD keeps no log of a virtual machine's console.
    const tail = site.daemon.product === "incus" ? "last lines of its console:\n[^]*Press any key" : "cannot be read";
    await expect(machine.up(args)).rejects.toThrow(
      new RegExp(`is Running, not powered off, after .*${tail}[^]*\\[timeout\\]`),
    );
    expect(machine.id).toBe(`default/${machine.name}`);
    expect(machine.outputs["__provider"]).toBeTruthy();
    expect(await site.instance(machine.name)).toMatchObject({
      status: "Running",
      config: { "user.pulumi.pending": expect.any(String) as string },
    });

    const path = `/1.0/instances/${machine.name}`;
    const usedAt = (await site.get<{ last_used_at: string }>(path)).last_used_at;
    const again = machine.up({ ...args, waitFor: [{ condition: "powered-off", timeout: "30s", stableFor: "1s" }] });
    await site.pressKey(machine.name);
    expect(await again).toBe("updated");
    expect(await site.get(path)).toMatchObject({ status: "Stopped", last_used_at: usedAt });
    expect((await site.instance(machine.name)).config["user.pulumi.pending"]).toBeUndefined();
  });

  site.testWithGuest("that failed leaves a machine that can be destroyed", async () => {
    const machine = site.resource();
    const args = booting(await site.iso("hang"), { timeout: "1s" });
    await expect(machine.up(args)).rejects.toThrow("[timeout]");
    machine.forgetProcess();
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  site.testWithSimulation("lets a machine that is off at the deadline prove that it stays off", async () => {
    const machine = site.resource();
    await machine.up(booting(await site.iso("power off"), { timeout: "700ms", stableFor: "1s" }));
    expect((await site.instance(machine.name)).status).toBe("Stopped");
  });

  site.testWithGuest("notices that the machine was deleted", async () => {
    const machine = site.resource();
    // A machine that is stopped ends a wait for its power-off in another way.
    const args = booting(await site.iso("hang"), {});
    const up = machine.up({ ...args, waitFor: [{ condition: "agent", timeout: "40s" }] });
    // A server that is slow to start machines lets it be deleted before the wait has begun.
    const failed = expect(up).rejects.toThrow(/deleted during the wait|the instance no longer exists/);
    const path = `/1.0/instances/${machine.name}`;
    await expect
      .poll(async () => (await site.find<{ status: string }>(path))?.status, {
        timeout: 20_000,
      })
      .toBe("Running");
    await site.switchOff(machine.name);
    await site.change("DELETE", path);
    await failed;
  });

  // With a real guest it is the end-to-end test's to prove.
  site.testWithSimulation("takes the media away afterwards, and starts what was installed", async () => {
    const machine = site.resource();
    const [installer, drivers] = [await site.iso("power off"), await site.iso("power off")];
    const cdrom = (name: string, more: object): object => ({ volume: { pool: "default", name }, ...more });
    const cdroms = [
      cdrom(installer, { bootPriority: 10, afterWaits: "unprioritize" }),
      cdrom(drivers, { bootPriority: 5, afterWaits: "eject" }),
    ];
    const args = { ...booting(installer, {}), cdroms, running: true };
    await machine.up(args);
    const made = await site.instance(machine.name);
    expect(made.devices["cdrom0"]).toEqual({ type: "disk", pool: "default", source: installer });
    expect(made.devices["cdrom1"]).toBeUndefined();
    expect(made.status).toBe("Running");
    await machine.refresh();
    expect(await machine.up(args)).toBe("same");
    // Put in again by hand, it is drift.
    const { devices, ...rest } = made;
    const again = { ...devices, cdrom1: { type: "disk", pool: "default", source: drivers } };
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...rest, devices: again });
    await machine.refresh();
    expect(await machine.up(args)).toBe("updated");
    expect((await site.instance(machine.name)).devices["cdrom1"]).toBeUndefined();
  });
});
