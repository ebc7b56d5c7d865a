// Options of a disk device and their valid combinations.
import { failed, wrapErrors } from "../errors";
import { parseSize } from "../units";
import { anything, boolean, type CheckValue, oneOf, unsigned } from "./config-values";

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

/** Sources of a disk that are neither a volume nor a host path. */
const SPECIAL_SOURCE = /^(cloud-init:config|agent:config|ceph:|cephfs:)/;

function checkOptions(device: Record<string, string>): void {
  for (const [option, value] of Object.entries(device).sort()) {
    const check = DISK_OPTIONS[option];
    const isInitial = option.startsWith("initial.") && device["path"] === "/";
    if (check === undefined && !isInitial) throw failed(`Invalid device option "${option}"`);
    if (value !== "") wrapErrors(`Invalid value for device option "${option}"`, () => check?.(value));
  }
}

/** Validates the options of a disk device without the objects it refers to. */
export function checkDisk(device: Record<string, string>): void {
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
