// Network cards, disks and the drives that the server itself makes: short forms of the daemon's plain devices.
import { type StringMap } from "../../../lxd/api/instance/instances";
import { sameDevice } from "../../shared/normalize";

interface Device {
  /** The device's name; by kind and position unless said. */
  name?: string | undefined;
  /** Options that have no field of their own. */
  options?: StringMap | undefined;
}

interface Card extends Device {
  mac?: string | undefined;
  ipv4Address?: string | undefined;
  ipv6Address?: string | undefined;
  bootPriority?: number | undefined;
}

export interface NetworkNic extends Card {
  /** A network of the server. */
  network: string;
}

export interface PlainNic extends Card {
  nictype: string;
  /** The host's interface. */
  parent?: string | undefined;
}

export type Nic = NetworkNic | PlainNic;

interface AnyDisk extends Device {
  path?: string | undefined;
  readOnly?: boolean | undefined;
  bus?: string | undefined;
  bootPriority?: number | undefined;
}

export interface VolumeDisk extends AnyDisk {
  volume: string;
  pool: string;
}

export interface HostDisk extends AnyDisk {
  hostPath: string;
}

export type Disk = VolumeDisk | HostDisk;

/** Devices that are written in a short form. */
export interface TypedDevices {
  nics: Nic[];
  disks: Disk[];
  tpm: boolean;
  agentDrive: boolean;
  cloudInitDrive: boolean;
}

type Drive = "tpm" | "agentDrive" | "cloudInitDrive";

/** What is either there or not, with the name that the daemons' documentation gives it. */
export const drives: Record<Drive, { name: string; device: StringMap }> = {
  tpm: { name: "tpm", device: { type: "tpm" } },
  agentDrive: { name: "agent", device: { type: "disk", source: "agent:config" } },
  cloudInitDrive: { name: "cloud-init", device: { type: "disk", source: "cloud-init:config" } },
};

export const driveKinds = Object.keys(drives) as Drive[];

export function typedToWire(typed: TypedDevices): Record<string, StringMap> {
  const entries: [string, StringMap][] = [
    ...typed.nics.map((nic): [string, StringMap] => [nic.name ?? "", nicToWire(nic)]),
    ...typed.disks.map((disk): [string, StringMap] => [disk.name ?? "", diskToWire(disk)]),
  ];
  for (const kind of driveKinds) if (typed[kind]) entries.push([drives[kind].name, drives[kind].device]);
  return Object.fromEntries(entries);
}

/**
 * Which of the short forms the daemon's devices still are, and the devices that are left. One that somebody has changed
 * is no longer what was written: it is left, and so shows as a change.
 */
export function typedFromWire(
  wire: Record<string, StringMap>,
  written: TypedDevices,
): { typed: TypedDevices; left: Record<string, StringMap> } {
  const left = { ...wire };
  const take = (name: string, device: StringMap): boolean => {
    const found = left[name];
    if (found === undefined || !sameDevice(found, device)) return false;
    Reflect.deleteProperty(left, name);
    return true;
  };
  const drive = (kind: Drive): boolean => written[kind] && take(drives[kind].name, drives[kind].device);
  const typed = {
    nics: written.nics.filter((nic) => take(nic.name ?? "", nicToWire(nic))),
    disks: written.disks.filter((disk) => take(disk.name ?? "", diskToWire(disk))),
    tpm: drive("tpm"),
    agentDrive: drive("agentDrive"),
    cloudInitDrive: drive("cloudInitDrive"),
  };
  return { typed, left };
}

function nicToWire(nic: Nic): StringMap {
  const place = "network" in nic ? { network: nic.network } : { nictype: nic.nictype, parent: nic.parent };
  return present({
    type: "nic",
    ...place,
    hwaddr: nic.mac,
    "ipv4.address": nic.ipv4Address,
    "ipv6.address": nic.ipv6Address,
    "boot.priority": nic.bootPriority,
    ...nic.options,
  });
}

function diskToWire(disk: Disk): StringMap {
  const place = "volume" in disk ? { pool: disk.pool, source: disk.volume } : { source: disk.hostPath };
  return present({
    type: "disk",
    ...place,
    path: disk.path,
    readonly: disk.readOnly,
    "io.bus": disk.bus,
    "boot.priority": disk.bootPriority,
    ...disk.options,
  });
}

/** The options that have a value, in the strings that the daemons know. */
function present(options: Record<string, string | number | boolean | undefined>): StringMap {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}
