// Selects what a VM boots from: its disks by boot priority, the first one that is bootable.
import type { InstanceRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { expandDevices } from "../used-by";
import { type Firmware, firmwareOf } from "./firmware";
import { type Behaviour, readIso } from "./iso-file";
import { isTrue } from "../instances/config-values";

export type Boot =
  { kind: "installer"; behaviour: Behaviour; from: string } | { kind: "system"; from: string } | { kind: "nothing" };

/** The firmware's result for one disk. */
export interface Attempt {
  device: "CD-ROM" | "HARDDISK";
  outcome: "started" | "Not Found" | "Access Denied";
}

export interface Choice {
  firmware: Firmware;
  boot: Boot;
  attempts: Attempt[];
}

type Named = [name: string, device: Record<string, string>];

/** The default is 1 for the root disk and 0 for others. */
function priorityOf([, device]: Named): number {
  return Number(device["boot.priority"] ?? (device["path"] === "/" ? 1 : 0));
}

/** The file behind a disk device that is a CD-ROM. */
function isoPathOf(store: Store, instance: InstanceRecord, device: Record<string, string>): string | undefined {
  const { pool, source = "" } = device as { pool?: string; source?: string };
  if (!pool) return source.endsWith(".iso") ? source : undefined;
  const own = isTrue(store.projects.find(instance.project)?.config["features.storage.volumes"]);
  const volume = store.volumes.find(keyOf(own ? instance.project : "default", pool, source));
  return volume?.contentType === "iso" ? store.volumePath(volume) : undefined;
}

interface Machine {
  store: Store;
  instance: InstanceRecord;
  firmware: Firmware;
}

/** The result of booting a disk; undefined for a disk that the firmware ignores. */
function attempt({ store, instance, firmware }: Machine, [, device]: Named): (Attempt & { boot?: Boot }) | undefined {
  if (device["path"] === "/") {
    const { state, from = "" } = instance.disk;
    if (state === "blank" || state === "partial") return { device: "HARDDISK", outcome: "Not Found" };
    return { device: "HARDDISK", outcome: "started", boot: { kind: "system", from } };
  }
  const path = isoPathOf(store, instance, device);
  if (path === undefined) return undefined;
  const { isBootable, behaviour, isSigned } = readIso(path);
  if (!isBootable) return { device: "CD-ROM", outcome: "Not Found" };
  if (firmware === "uefi-secureboot" && !isSigned) return { device: "CD-ROM", outcome: "Access Denied" };
  return { device: "CD-ROM", outcome: "started", boot: { kind: "installer", behaviour, from: device["source"] ?? "" } };
}

export function chooseBoot(store: Store, instance: InstanceRecord): Choice {
  const firmware = firmwareOf(store, instance);
  if (instance.type === "container") {
    return { firmware, boot: { kind: "system", from: instance.disk.from ?? "" }, attempts: [] };
  }
  const disks = Object.entries(expandDevices(store, instance)).filter(([, device]) => device["type"] === "disk");
  disks.sort((a, b) => priorityOf(b) - priorityOf(a) || (a[0] < b[0] ? -1 : 1));
  const attempts: Attempt[] = [];
  for (const disk of disks) {
    const tried = attempt({ store, instance, firmware }, disk);
    if (tried !== undefined) attempts.push(tried);
    if (tried?.boot !== undefined) return { firmware, boot: tried.boot, attempts };
  }
  return { firmware, boot: { kind: "nothing" }, attempts };
}
