// What a VM boots from: its disks by boot priority, the first that has something to boot.
import type { InstanceRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { expandDevices } from "../used-by";
import { type Behaviour, readIso } from "./iso-file";

export type Boot =
  | { kind: "installer"; behaviour: Behaviour; device: string; from: string }
  | { kind: "system"; from: string }
  | { kind: "nothing" };

type Named = [name: string, device: Record<string, string>];

/** The root disk has 1 and others 0 unless they say otherwise. */
function priorityOf([, device]: Named): number {
  return Number(device["boot.priority"] ?? (device["path"] === "/" ? 1 : 0));
}

/** The file behind a disk device that is a CD. */
function isoPathOf(store: Store, instance: InstanceRecord, device: Record<string, string>): string | undefined {
  const { pool, source = "" } = device as { pool?: string; source?: string };
  if (!pool) return source.endsWith(".iso") ? source : undefined;
  const own = store.projects.find(instance.project)?.config["features.storage.volumes"] === "true";
  const volume = store.volumes.find(keyOf(own ? instance.project : "default", pool, source));
  return volume?.contentType === "iso" ? store.volumePath(volume) : undefined;
}

function bootOf(store: Store, instance: InstanceRecord, [name, device]: Named): Boot | undefined {
  if (device["path"] === "/") {
    const { state, from = "" } = instance.disk;
    return state === "blank" || state === "partial" ? undefined : { kind: "system", from };
  }
  const path = isoPathOf(store, instance, device);
  if (path === undefined) return undefined;
  const { isBootable, behaviour } = readIso(path);
  return isBootable ? { kind: "installer", behaviour, device: name, from: device["source"] ?? "" } : undefined;
}

export function chooseBoot(store: Store, instance: InstanceRecord): Boot {
  if (instance.type === "container") return { kind: "system", from: instance.disk.from ?? "" };
  const disks = Object.entries(expandDevices(store, instance)).filter(([, device]) => device["type"] === "disk");
  disks.sort((a, b) => priorityOf(b) - priorityOf(a) || (a[0] < b[0] ? -1 : 1));
  for (const disk of disks) {
    const boot = bootOf(store, instance, disk);
    if (boot) return boot;
  }
  return { kind: "nothing" };
}
