// The typed devices of an instance as the daemon's plain ones, and back.
import { type StringMap } from "../api/instances";
import { parseSize } from "../units";

export interface RootDisk {
  pool: string;
  size?: string | undefined;
}

/** An ISO volume as seen by a machine. The digest makes a machine notice new content under the same name. */
export interface VolumeReference {
  pool: string;
  name: string;
  project?: string | undefined;
  digest?: string | undefined;
}

export interface Cdrom {
  volume: VolumeReference;
  bootPriority?: number | undefined;
  /** The device's name; `cdrom0`, `cdrom1` … by position unless said. */
  name?: string | undefined;
}

/** What is written about devices, typed and plain. */
export interface DeviceInputs {
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  devices: Record<string, StringMap>;
}

/** The name that the daemons' own tools give the root disk. */
export const rootDevice = "root";

/** The options that the typed forms can say. */
const rootOptions = ["type", "path", "pool", "size"];
const cdromOptions = ["type", "pool", "source", "boot.priority"];

export function toWire({ rootDisk, cdroms, devices }: DeviceInputs): Record<string, StringMap> {
  const typed: Record<string, StringMap> = {};
  if (rootDisk !== undefined) {
    const { pool, size } = rootDisk;
    typed[rootDevice] = { type: "disk", path: "/", pool, ...(size === undefined ? {} : { size }) };
  }
  for (const cdrom of cdroms) typed[nameOf(cdrom)] = cdromToWire(cdrom);
  return { ...devices, ...typed };
}

/**
 * What the daemon has, in the terms that the program uses: a device that the program types is typed, every other is
 * plain, and what cannot be said in the typed form becomes plain too, so that it shows as a change.
 */
export function fromWire(wire: Record<string, StringMap>, written: DeviceInputs): DeviceInputs {
  const plain = { ...wire };
  const take = (name: string, options: string[]): StringMap | undefined => {
    const device = plain[name];
    if (device === undefined || !Object.keys(device).every((option) => options.includes(option))) return undefined;
    Reflect.deleteProperty(plain, name);
    return device;
  };
  const root = written.rootDisk === undefined ? undefined : take(rootDevice, rootOptions);
  const cdroms = written.cdroms.flatMap((cdrom) => {
    const device = take(nameOf(cdrom), cdromOptions);
    return device === undefined ? [] : [cdromFromWire(device, cdrom)];
  });
  return { rootDisk: root === undefined ? undefined : rootFromWire(root, written.rootDisk), cdroms, devices: plain };
}

function nameOf(cdrom: Cdrom): string {
  return cdrom.name ?? "cdrom";
}

function cdromToWire({ volume, bootPriority }: Cdrom): StringMap {
  const priority = bootPriority === undefined ? {} : { "boot.priority": String(bootPriority) };
  return { type: "disk", pool: volume.pool, source: volume.name, ...priority };
}

function cdromFromWire(device: StringMap, { name, volume: written }: Cdrom): Cdrom {
  const { pool = "", source = "", "boot.priority": priority } = device;
  const isWritten = written.pool === pool && written.name === source;
  return {
    name,
    volume: isWritten ? written : { pool, name: source },
    ...(priority === undefined ? {} : { bootPriority: Number(priority) }),
  };
}

function rootFromWire({ pool = "", size }: StringMap, written: RootDisk | undefined): RootDisk {
  if (size === undefined) return { pool };
  const isSame = written?.size !== undefined && parseSize(written.size) === parseSize(size);
  return { pool, size: isSame ? written.size : size };
}
