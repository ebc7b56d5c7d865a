// What devices an instance may have, and how the real daemons say no.
import { existsSync } from "node:fs";

import { failed, notFound, wrapErrors } from "../errors";
import type { Devices, InstanceType } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { parseSize } from "../units";
import { rootDeviceOf } from "../used-by";
import { anything, boolean, type CheckValue, oneOf, unsigned } from "./config-values";

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

const DISK_OPTIONS: Record<string, CheckValue> = {
  type: anything,
  path: anything,
  pool: anything,
  source: anything,
  "boot.priority": unsigned,
  "ceph.cluster_name": anything,
  "ceph.user_name": anything,
  "initial.uid": anything,
  "initial.gid": anything,
  "initial.mode": anything,
  "io.bus": oneOf("nvme", "virtio-blk", "virtio-scsi", "auto", "9p", "virtiofs", "usb"),
  "io.cache": oneOf("none", "writeback", "unsafe"),
  "limits.max": anything,
  "limits.read": anything,
  "limits.write": anything,
  propagation: anything,
  "raw.mount.options": anything,
  readonly: boolean,
  recursive: boolean,
  required: boolean,
  shift: boolean,
  size: (value) => void parseSize(value),
  "size.state": (value) => void parseSize(value),
};

/** Sources of a disk that are neither a volume nor a path of the host. */
const SPECIAL_SOURCE = /^(cloud-init:config|agent:config|ceph:|cephfs:)/;

const isTrue = (value: string | undefined, absent: boolean) =>
  value === undefined ? absent : ["true", "1", "yes", "on"].includes(value);

function checkOptions(device: Device): void {
  for (const [option, value] of Object.entries(device).sort()) {
    const check = DISK_OPTIONS[option];
    const isInitial = option.startsWith("initial.") && device["path"] === "/";
    if (check === undefined && !isInitial) throw failed(`Invalid device option "${option}"`);
    if (value !== "") wrapErrors(`Invalid value for device option "${option}"`, () => check?.(value));
  }
}

function checkDisk(device: Device): void {
  checkOptions(device);
  const { path, source, pool } = device as { path?: string; source?: string; pool?: string };
  if (!source && !path) throw failed('Disk entry is missing the required "source" or "path" property');
  const isRoot = path === "/" && !source;
  if (isRoot && !pool) throw failed('Root disk entry must have a "pool" property set');
  if (path === "/" && source) throw failed('Root disk entry may not have a "source" property set');
  if (!isRoot && device["size"]) throw failed("Only the root disk may have a size quota");
  if (source && !pool && !source.startsWith("/") && !SPECIAL_SOURCE.test(source)) {
    throw failed("Source path must be absolute for local sources");
  }
}

function checkSharedPath(devices: Devices, name: string): void {
  const path = devices[name]?.["path"];
  const isSame = (other: Device) => other["type"] === "disk" && path !== undefined && other["path"] === path;
  if (Object.values(devices).filter(isSame).length > 1) {
    throw failed(`More than one disk device uses the same path "${path ?? ""}"`);
  }
}

/** A device's type by itself: on create, before anything else is looked at. */
export function checkDeviceTypes(devices: Devices): void {
  for (const device of Object.values(devices)) {
    const type = device["type"] ?? "";
    if (!TYPES.includes(type)) throw failed(`Invalid device type "${type}"`);
  }
}

/** The options of all devices, with nothing outside them looked at. */
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

/** The root disk: there must be one, and its pool. */
export function requireRoot(store: Store, devices: Devices): void {
  const root = rootDeviceOf(devices);
  if (root === undefined) throw failed("Failed getting root disk: No root device could be found");
  if (!store.pools.find(root["pool"] ?? "")) throw notFound("Failed loading storage pool: Storage pool not found");
}

interface Place {
  store: Store;
  /** The project whose custom volumes the instance sees. */
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
  const noun = volume.contentType === "iso" ? "ISO" : volume.contentType;
  if (isBlock && type === "container") throw failed(`Custom ${noun} volumes cannot be used on containers`);
  if (isBlock && device["path"]) throw failed(`Custom ${noun} volumes cannot have a path defined`);
  if (!isBlock && !device["path"]) throw failed("Custom filesystem volumes require a path to be defined");
}

/** What the devices point at: volumes of the pool, files of the host. */
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
