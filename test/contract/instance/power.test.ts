// Instances: what needs the machine off, who may switch it, and how long a guest may take to shut down.
import { beforeAll, expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("power of an instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const container = (more: object = {}): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    ...more,
  });
  const vm = (more: object = {}): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "64MiB" },
    config: { "limits.memory": "256MiB" },
    firmware: "uefi",
    ...more,
  });
  const startedAt = async (name: string): Promise<string> =>
    (await site.get<{ last_used_at: string }>(`/1.0/instances/${name}`)).last_used_at;

  test("a stopped machine is renamed in place", async () => {
    const machine = site.resource();
    await machine.up(vm({ running: false }));
    const uuid = (await site.instance(machine.name)).config["volatile.uuid"];
    const name = site.name();
    expect(await machine.up(vm({ running: false, name }))).toBe("updated");
    expect((await site.instance(name)).config["volatile.uuid"]).toBe(uuid);
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(vm({ running: false, name }))).toBe("same");
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${name}`)).toBeUndefined();
  });

  test("a running machine is renamed only with consent, and runs again afterwards", async () => {
    const machine = site.resource();
    await machine.up(container());
    const name = site.name();
    const [failure] = await machine.failures(container({ name }));
    expect(failure).toMatchObject({ property: "name" });
    expect(failure?.reason).toContain("allowRestart: true");
    await machine.up(container({ name, allowRestart: true }));
    expect((await site.instance(name)).status).toBe("Running");
  });

  test("a run killed after the renaming goes on from there", async () => {
    const machine = site.resource();
    await machine.up(vm({ running: false }));
    const name = site.name();
    await site.change("POST", `/1.0/instances/${machine.name}`, { name });
    expect(await machine.up(vm({ running: false, name, description: "renamed" }))).toBe("updated");
    expect((await site.instance(name)).description).toBe("renamed");
  });

  test("a name that is taken is refused in the preview", async () => {
    const [machine, other] = [site.resource(), site.resource()];
    await machine.up(vm({ running: false }));
    await other.up(vm({ running: false }));
    machine.forgetProcess();
    const [failure] = await machine.failures(vm({ running: false, name: other.name }));
    expect(failure).toMatchObject({ property: "name" });
    expect(failure?.reason).toMatch(/already exists, which this resource did not create/);
  });

  test("a root disk grows in place, and to shrink it is refused in the preview", async () => {
    const machine = site.resource();
    await machine.up(vm({ running: false }));
    const sized = (size: string): Record<string, unknown> =>
      vm({ running: false, rootDisk: { pool: "default", size } });
    expect(await machine.preview(sized("96MiB"))).toMatchObject({ changes: true, replaces: [] });
    await machine.up(sized("96MiB"));
    expect((await site.instance(machine.name)).devices["root"]?.["size"]).toBe("96MiB");
    const [failure] = await machine.failures(sized("64MiB"));
    expect(failure).toMatchObject({ property: "rootDisk.size" });
    expect(failure?.reason).toContain("cannot shrink: its size is 96MiB");
  });

  site.testWithGuest(
    "what a running machine does not take is refused in the preview, and done with consent",
    async () => {
      const machine = site.resource();
      const cold = { "limits.memory": "256MiB", "migration.stateful": true };
      await machine.up(vm());
      const [failure, ...more] = await machine.failures(vm({ config: cold }));
      expect(more).toEqual([]);
      expect(failure).toMatchObject({ property: 'config["migration.stateful"]' });
      expect(failure?.reason).toContain("allowRestart: true");
      const before = await startedAt(machine.name);
      await machine.up(vm({ config: cold, allowRestart: true, shutdownTimeout: "0s" }));
      const after = await site.instance(machine.name);
      expect(after.config["migration.stateful"]).toBe("true");
      expect(after.status).toBe("Running");
      expect(await startedAt(machine.name)).not.toBe(before);
    },
  );

  site.testWithGuest("memory that a running machine cannot get is refused in the preview", async () => {
    const machine = site.resource();
    await machine.up(vm());
    const sized = (memory: string): object => ({ "limits.memory": memory });
    const failures = await machine.failures(vm({ config: sized("320MiB") }));
    const canGrow = site.daemon.has("memory_hotplug");
    expect(failures.map(({ property }) => property)).toEqual(canGrow ? [] : ['config["limits.memory"]']);
    if (!canGrow) expect(failures[0]?.reason).toContain("allowRestart: true");
    // As large as it is, in another spelling.
    expect(await machine.failures(vm({ config: sized("268435456") }))).toEqual([]);
    await machine.up(vm({ config: sized("320MiB"), allowRestart: true, shutdownTimeout: "0s" }));
    expect(await site.instance(machine.name)).toMatchObject({
      status: "Running",
      config: { "limits.memory": "320MiB" },
    });
  });

  site.testWithGuest("a machine that is switched off in the same update takes every change", async () => {
    const machine = site.resource();
    await machine.up(vm({ shutdownTimeout: "0s" }));
    const cold = { "limits.memory": "256MiB", "migration.stateful": true };
    await machine.up(vm({ config: cold, running: false, shutdownTimeout: "0s" }));
    expect(await site.instance(machine.name)).toMatchObject({
      status: "Stopped",
      config: { "migration.stateful": "true" },
    });
  });

  test("power initial starts a new machine and leaves it alone afterwards", async () => {
    const machine = site.resource();
    await machine.up(container({ power: "initial" }));
    expect((await site.instance(machine.name)).status).toBe("Running");
    await site.switchOff(machine.name);
    await machine.refresh();
    expect(await machine.up(container({ power: "initial" }))).toBe("same");
    await machine.up(container({ power: "initial", description: "changed" }));
    expect(await site.instance(machine.name)).toMatchObject({ status: "Stopped", description: "changed" });
  });

  test("power ignored leaves a machine off and on as it is found", async () => {
    const machine = site.resource();
    await machine.up(container({ power: "ignored" }));
    expect((await site.instance(machine.name)).status).toBe("Stopped");
    await site.change("PUT", `/1.0/instances/${machine.name}/state`, { action: "start" });
    await machine.up(container({ power: "ignored", running: false, description: "changed" }));
    expect(await site.instance(machine.name)).toMatchObject({ status: "Running", description: "changed" });
  });

  test("a guest that does not shut down in time is switched off", async () => {
    const machine = site.resource();
    // Nothing runs in it that hears the request: an endless wait in place of its init.
    const deaf = site.isSimulated ? {} : { "raw.lxc": "lxc.init.cmd = /bin/sleep 1000" };
    await machine.up(container({ config: deaf }));
    const begun = Date.now();
    await machine.up(container({ config: deaf, running: false, shutdownTimeout: "2s" }));
    expect((await site.instance(machine.name)).status).toBe("Stopped");
    if (!site.isSimulated) expect(Date.now() - begun).toBeGreaterThan(1900);
  });

  test("a machine that is to be shut down before its delete is", async () => {
    const machine = site.resource();
    await machine.up(container({ onDelete: "shutdown" }));
    // The guest hears the signal once its first program has set itself up, and then has a second process.
    const processes = async (): Promise<number> =>
      (await site.get<{ processes: number }>(`/1.0/instances/${machine.name}/state`)).processes;
    if (!site.isSimulated) await expect.poll(processes, { timeout: 10_000 }).toBeGreaterThan(1);
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });
});
