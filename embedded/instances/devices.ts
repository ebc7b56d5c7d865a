// Validates devices of an instance with the real daemons' error texts.
import { existsSync } from "node:fs";

import { failed, notFound, wrapErrors } from "../errors";
import type { Devices, InstanceType } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { rootDeviceOf } from "../used-by";
import { checkDisk } from "./disk";

type Device = Record<string, string>;

const TYPES = [
  "none",
  "nic",
  "disk",
  "gpu",
  "infiniband",
  "pci",
  "proxy",
  "tpm",
  "unix-block",
  "unix-char",
  "unix-hotplug",
  "usb",
];

const isTrue = (value: string | undefined, absent: boolean) =>
  value === undefined ? absent : ["true", "1", "yes", "on"].includes(value);

function checkSharedPath(devices: Devices, name: string): void {
  const path = devices[name]?.["path"];
  const isSame = (other: Device) => other["type"] === "disk" && path !== undefined && other["path"] === path;
  if (Object.values(devices).filter(isSame).length > 1) {
    throw failed(`More than one disk device uses the same path "${path ?? ""}"`);
  }
}

/** Validates only the device type: on create, before anything else. */
export function checkDeviceTypes(devices: Devices): void {
  for (const device of Object.values(devices)) {
    const type = device["type"] ?? "";
    if (!TYPES.includes(type)) throw failed(`Invalid device type "${type}"`);
  }
}

/** Validates the options of all devices without the objects they refer to. */
export function checkDevices(devices: Devices): void {
  for (const [name, device] of Object.entries(devices).sort(([a], [b]) => (a < b ? -1 : 1))) {
    wrapErrors(`Device validation failed for "${name}"`, () => {
      if (!device["type"]) throw failed(`Failed loading device "${name}": Missing device type in config`);
      if (!TYPES.includes(device["type"])) throw failed(`Failed loading device "${name}": Unsupported device type`);
      if (device["type"] !== "disk") return;
      checkDisk(device);
      checkSharedPath(devices, name);
    });
  }
}

/** Requires a root disk, and its pool. */
export function requireRoot(store: Store, devices: Devices): void {
  const root = rootDeviceOf(devices);
  if (root === undefined) throw failed("Failed getting root disk: No root device could be found");
  if (!store.pools.find(root["pool"] ?? "")) throw notFound("Failed loading storage pool: Storage pool not found");
}

interface Place {
  store: Store;
  /** The project of the custom volumes that the instance can use. */
  volumeProject: string;
  type: InstanceType;
}

function checkVolume(device: Device, { store, volumeProject, type }: Place): void {
  const pool = device["pool"] ?? "";
  if (!store.pools.find(pool)) throw notFound(`Failed to get storage pool "${pool}": Storage pool not found`);
  const name = (device["source"] ?? "").split("/")[0] ?? "";
  const volume = store.volumes.find(keyOf(volumeProject, pool, name));
  if (volume === undefined) throw notFound("Failed loading custom volume: Storage volume not found");
  const isBlock = volume.contentType !== "filesystem";
  const kindName = volume.contentType === "iso" ? "ISO" : volume.contentType;
  if (isBlock && type === "container") throw failed(`Custom ${kindName} volumes cannot be used on containers`);
  if (isBlock && device["path"]) throw failed(`Custom ${kindName} volumes cannot have a path defined`);
  if (!isBlock && !device["path"]) throw failed("Custom filesystem volumes require a path to be defined");
}

/** Checks the objects that devices refer to: volumes in the pool, files on the host. */
export function checkAttachments(devices: Devices, place: Place): void {
  for (const [name, device] of Object.entries(devices).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (device["type"] !== "disk" || device["path"] === "/") continue;
    wrapErrors(`Failed add validation for device "${name}"`, () => {
      if (device["pool"]) {
        checkVolume(device, place);
        return;
      }
      const source = device["source"] ?? "";
      if (!source.startsWith("/") || !isTrue(device["required"], true) || existsSync(source)) return;
      throw failed(`Missing source path "${source}" for disk "${name}"`);
    });
  }
}
