// Instances: what ends an installation, and what does not: a machine that is off has installed something only if it was
// started as the program says now, ran, and switched itself off.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";

import { type StackResource } from "../harness/stack";
import { describeInstances } from "./site";

interface RawMachine {
  status: string;
  last_used_at: string;
  config: Record<string, string>;
}

describeInstances("an installation", (site) => {
  const isLxd = (): boolean => site.daemon.product === "lxd";
  /** LXD gives out no console of a virtual machine, so nothing but time tells that its firmware has given up. */
  const limit = (): string => (isLxd() ? "1s" : "5m");
  const installing = (iso: string, more: object = {}): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "64MiB" },
    config: { "limits.memory": "256MiB" },
    firmware: "uefi",
    cdroms: [{ volume: { pool: "default", name: iso }, bootPriority: 10 }],
    waitFor: [{ condition: "powered-off", timeout: limit(), stableFor: "500ms" }],
    ...more,
  });
  const machineOf = (name: string): Promise<RawMachine> => site.get<RawMachine>(`/1.0/instances/${name}`);
  const isOff = (name: string): Promise<void> =>
    expect.poll(async () => (await machineOf(name)).status, { timeout: 60_000 }).toBe("Stopped");

  /** An installation that ends when no run looks any more; tells when the machine was started. */
  const endUnwatched = async (machine: StackResource, iso: string): Promise<string> => {
    const args = installing(iso, { waitFor: [{ condition: "powered-off", timeout: "1ms", stableFor: "500ms" }] });
    await expect(machine.up(args)).rejects.toThrow("[timeout]");
    await isOff(machine.name);
    return (await machineOf(machine.name)).last_used_at;
  };

  const refusal = (): RegExp =>
    isLxd()
      ? /is Running, not powered off, after 1s/
      : /waiting for powered-off: the firmware has found nothing to boot: secure boot refuses "UEFI QEMU QEMU CD-ROM"[^]*Access Denied[^]*\[failed\]\n[^]*firmware: "uefi"/;

  site.testWithGuest("that secure boot refuses is told at once, and begins once the program is mended", async () => {
    const machine = site.resource();
    const iso = await site.iso("unsigned");
    await expect(machine.up(installing(iso, { firmware: "uefi-secureboot" }))).rejects.toThrow(refusal());
    const refused = await machineOf(machine.name);
    expect(refused).toMatchObject({ status: "Running", config: { "user.pulumi.pending": "wait" } });
    // Without `allowRestart`: nothing is lost by starting it anew.
    expect(await machine.up(installing(iso))).toBe("updated");
    const installed = await machineOf(machine.name);
    expect(installed.status).toBe("Stopped");
    expect(Object.keys(installed.config).filter((key) => key.startsWith("user.pulumi."))).toEqual([
      "user.pulumi.owner",
    ]);
    expect(Date.parse(installed.last_used_at)).toBeGreaterThan(Date.parse(refused.last_used_at));
  });

  site.testWithGuest("that never began is not over when somebody switches the machine off", async () => {
    const machine = site.resource();
    const args = installing(await site.iso("unsigned"), { firmware: "uefi-secureboot" });
    await expect(machine.up(args)).rejects.toThrow(refusal());
    const refused = await machineOf(machine.name);
    await site.switchOff(machine.name);
    await expect(machine.up(args)).rejects.toThrow(refusal());
    const again = await machineOf(machine.name);
    expect(again).toMatchObject({ status: "Running", config: { "user.pulumi.pending": "wait" } });
    expect(Date.parse(again.last_used_at)).toBeGreaterThan(Date.parse(refused.last_used_at));
  });

  site.testWithGuest("with a medium that does not boot begins with another one", async () => {
    const machine = site.resource();
    const words = isLxd() ? refusal() : /the firmware has found nothing to boot[^]*Shell>[^]*\[failed\]\n[^]*`cdroms`/;
    await expect(machine.up(installing(await site.data()))).rejects.toThrow(words);
    expect(await machine.up(installing(await site.iso("power off")))).toBe("updated");
    expect(await machineOf(machine.name)).toMatchObject({ status: "Stopped" });
  });

  site.testWithGuest("whose boot order, or another thing for the next start, changes is begun anew", async () => {
    const machine = site.resource();
    const hanging = await site.iso("hang");
    const short = { waitFor: [{ condition: "powered-off", timeout: "1s", stableFor: "500ms" }] };
    const drives = (priorities: (number | undefined)[]): object[] =>
      priorities.map((bootPriority, i) => ({
        volume: { pool: "default", name: i === 0 ? hanging : ending },
        ...(bootPriority === undefined ? {} : { bootPriority }),
      }));
    const ending = await site.iso("power off");
    await expect(machine.up(installing(hanging, { ...short, cdroms: drives([10, 5]) }))).rejects.toThrow("[timeout]");
    const { last_used_at: before } = await machineOf(machine.name);
    // What works at once disturbs nothing.
    const described = installing(hanging, { ...short, cdroms: drives([10, 5]), description: "an installation" });
    await expect(machine.up(described)).rejects.toThrow("[timeout]");
    expect((await machineOf(machine.name)).last_used_at).toBe(before);
    await machine.up(installing(hanging, { cdroms: drives([10, 20]), tpm: false }));
    const after = await machineOf(machine.name);
    expect(after.status).toBe("Stopped");
    expect(Date.parse(after.last_used_at)).toBeGreaterThan(Date.parse(before));
  });

  site.testWithGuest("that ended while nobody looked is over, as far as the server can tell", async () => {
    const machine = site.resource();
    const iso = await site.iso("power off");
    const before = await endUnwatched(machine, iso);
    expect(
      await machine.up(installing(iso, { waitFor: [{ condition: "powered-off", timeout: "2m", stableFor: "500ms" }] })),
    ).toBe("updated");
    const after = await machineOf(machine.name);
    expect(after.status).toBe("Stopped");
    // LXD keeps nothing of how a machine went off, so there it is installed once more.
    if (isLxd()) expect(Date.parse(after.last_used_at)).toBeGreaterThan(Date.parse(before));
    else expect(after.last_used_at).toBe(before);
  });

  site.testWithGuest("that ended with other settings is not over", async () => {
    const machine = site.resource();
    const iso = await site.iso("power off");
    const before = await endUnwatched(machine, iso);
    const other = installing(await site.iso("power off"));
    expect(
      await machine.up({ ...other, waitFor: [{ condition: "powered-off", timeout: "2m", stableFor: "500ms" }] }),
    ).toBe("updated");
    expect(Date.parse((await machineOf(machine.name)).last_used_at)).toBeGreaterThan(Date.parse(before));
  });

  site.testWithGuest("that somebody stops while it is waited for has failed, and begins anew", async () => {
    const machine = site.resource();
    const waitFor = [{ condition: "powered-off", timeout: "2m", stableFor: "500ms" }];
    const up = machine.up(installing(await site.iso("hang"), { waitFor }));
    const failed = expect(up).rejects.toThrow(/was stopped from outside[^]*\[failed\]/);
    await expect
      .poll(
        () =>
          machineOf(machine.name).then(
            (found) => found.status,
            () => "",
          ),
        { timeout: 30_000 },
      )
      .toBe("Running");
    await sleep(1500);
    const before = (await machineOf(machine.name)).last_used_at;
    await site.switchOff(machine.name);
    await failed;
    expect(await machine.up(installing(await site.iso("power off"), { waitFor }))).toBe("updated");
    expect(Date.parse((await machineOf(machine.name)).last_used_at)).toBeGreaterThan(Date.parse(before));
  });
});
