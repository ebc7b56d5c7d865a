// What the firmware of a virtual machine says when it finds nothing to boot, and what the server keeps of how it went off.
import { expect } from "vitest";

import {
  cd,
  describeEachDaemon,
  importIso,
  makeInstance,
  objectAt,
  ROOT,
  setState,
  type TestDaemon,
  tinyIso,
} from "../harness";
import { grubIso } from "../instance/guests";

const needs = { needs: ["custom_volume_iso"], timeoutMs: 90_000 };
const firmware: Record<"uefi" | "uefi-secureboot" | "bios", Record<string, string>> = {
  uefi: { "security.secureboot": "false" },
  "uefi-secureboot": {},
  bios: { "security.secureboot": "false", "security.csm": "true" },
};

/** An installer that nobody has signed, and that powers the machine off. */
async function installer(daemon: TestDaemon, suffix: string): Promise<string> {
  const isReal = daemon.kind === "incus";
  const bytes = isReal ? await grubIso("halt") : tinyIso({ bootable: true, marker: "pulumi-lxd: unsigned" });
  expect(await importIso(daemon, suffix, bytes)).toMatchObject({ ok: true });
  return suffix;
}

/** LXD gives out no console of a virtual machine. */
describeEachDaemon({ name: "firmware", on: ["embedded", "incus"] }, (daemon) => {
  const start = async (suffix: string, kind: keyof typeof firmware, medium?: string): Promise<string> => {
    const media = medium === undefined ? {} : { cd: cd(daemon, medium, { "boot.priority": "10" }) };
    const config = { ...firmware[kind], "limits.memory": "256MiB" };
    const path = await makeInstance(daemon, suffix, { config, devices: { root: ROOT, ...media } });
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    return path;
  };
  const consoleOf = async (path: string): Promise<string> => (await daemon.raw.get(`${path}/console`)).bytes.toString();
  const says = (path: string, words: RegExp): Promise<void> =>
    expect.poll(() => consoleOf(path), { timeout: 60_000 }).toMatch(words);

  daemon.test("refuses what is not signed under secure boot", needs, async () => {
    const path = await start("refused", "uefi-secureboot", await installer(daemon, "unsigned"));
    await says(
      path,
      /BdsDxe: loading Boot0001 "UEFI QEMU QEMU CD-ROM " from PciRoot.*\r\nBdsDxe: failed to load Boot0001 "UEFI QEMU QEMU CD-ROM " from PciRoot.*: Access Denied\r\nBdsDxe: failed to load Boot0002 "UEFI QEMU QEMU HARDDISK " from PciRoot.*: Not Found\r\n[^]*BdsDxe: failed to start Boot0003 "EFI Internal Shell" from .*: Security Violation\r\nBdsDxe: No bootable option or device was found\.\r\nBdsDxe: Press any key to enter the Boot Manager Menu\.\r\n$/,
    );
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Running" });
  });

  daemon.test("says the same of a blank disk, without a medium", needs, async () => {
    const path = await start("blank", "uefi-secureboot");
    await says(
      path,
      /failed to load Boot0001 "UEFI QEMU QEMU HARDDISK " from .*: Not Found[^]*No bootable option or dev/,
    );
  });

  daemon.test("ends in the shell without secure boot", needs, async () => {
    expect(await importIso(daemon, "data", tinyIso())).toMatchObject({ ok: true });
    const path = await start("shell", "uefi", "data");
    await says(
      path,
      /failed to load Boot0001 "UEFI QEMU QEMU CD-ROM " from .*: Not Found[^]*starting Boot0003 "EFI Internal Shell"[^]*UEFI Interactive Shell v2[^]*Shell> \x1b\[0m\x1b\[37m\x1b\[40m$/,
    );
  });

  daemon.test("finds no device as a BIOS", needs, async () => {
    const path = await start("bios", "bios");
    await says(path, /SeaBIOS[^]*Boot failed: not a bootable disk\r\n\r?\nNo bootable device\.\r\n$/);
  });

  const monitorLog = async (path: string): Promise<string> =>
    (await daemon.raw.get(`${path}/logs/qemu.qmp.log`)).bytes.toString();

  daemon.test("keeps in its log whether a machine was switched off", needs, async () => {
    const path = await start("switched", "uefi");
    expect(await setState(daemon, path, { action: "stop", force: true })).toMatchObject({ ok: true });
    expect(await monitorLog(path)).toMatch(/\] QUERY: \{"execute":"quit"\}\n\[[^\]]+\] REPLY: \{"return": \{\}\}\n\n$/);
    // Each start begins it anew.
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    expect(await monitorLog(path)).not.toMatch(/quit/);
  });

  daemon.test("keeps nothing there of a machine that has switched itself off", needs, async () => {
    const path = await start("itself", "uefi", await installer(daemon, "halting"));
    await expect.poll(async () => (await objectAt(daemon, path))["status"], { timeout: 60_000 }).toBe("Stopped");
    const log = await monitorLog(path);
    expect(log).toContain('QUERY: {"execute":"cont"}');
    expect(log).not.toMatch(/"(quit|system_powerdown)"/);
    expect((await objectAt(daemon, path))["config"]).toMatchObject({ "volatile.last_state.power": "STOPPED" });
  });

  daemon.test("keeps in its log that a machine was asked to shut down", needs, async () => {
    const path = await start("asked", "uefi");
    await setState(daemon, path, { action: "stop", timeout: 1 });
    expect(await monitorLog(path)).toMatch(/\] QUERY: \{"execute":"system_powerdown"\}/);
  });

  daemon.test("has no such log of a machine that was never started", needs, async () => {
    const config = firmware.uefi;
    const path = await makeInstance(daemon, "unstarted", { config, devices: { root: ROOT } });
    expect((await daemon.raw.get(`${path}/logs/qemu.qmp.log`)).body).toMatchObject({ error_code: 404 });
  });
});
