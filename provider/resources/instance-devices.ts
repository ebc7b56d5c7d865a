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
  /** What becomes of it once the machine's waits are over. */
  afterWaits?: "keep" | "unprioritize" | "eject" | undefined;
}

/** Whether installation media are still needed, or the waits for the end of the installation are over. */
export type Phase = "installing" | "installed";

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

export function toWire({ rootDisk, cdroms, devices }: DeviceInputs, phase: Phase): Record<string, StringMap> {
  const typed: Record<string, StringMap> = {};
  if (rootDisk !== undefined) {
    const { pool, size } = rootDisk;
    typed[rootDevice] = { type: "disk", path: "/", pool, ...(size === undefined ? {} : { size }) };
  }
  for (const cdrom of cdroms) if (!isEjected(cdrom, phase)) typed[nameOf(cdrom)] = cdromToWire(cdrom, phase);
  return { ...devices, ...typed };
}

/**
 * What the daemon has, in the terms that the program uses: a device that the program types is typed, every other is
 * plain, and what cannot be said in the typed form becomes plain too, so that it shows as a change.
 */
export function fromWire(wire: Record<string, StringMap>, written: DeviceInputs, phase: Phase): DeviceInputs {
  const plain = { ...wire };
  const take = (name: string, options: string[]): StringMap | undefined => {
    const device = plain[name];
    if (device === undefined || !Object.keys(device).every((option) => options.includes(option))) return undefined;
    Reflect.deleteProperty(plain, name);
    return device;
  };
  const root = written.rootDisk === undefined ? undefined : take(rootDevice, rootOptions);
  const cdroms = written.cdroms.flatMap((cdrom) => {
    if (isEjected(cdrom, phase)) return nameOf(cdrom) in plain ? [] : [cdrom];
    const device = take(nameOf(cdrom), cdromOptions);
    return device === undefined ? [] : [cdromFromWire(device, cdrom, phase)];
  });
  return { rootDisk: root === undefined ? undefined : rootFromWire(root, written.rootDisk), cdroms, devices: plain };
}

function nameOf(cdrom: Cdrom): string {
  return cdrom.name ?? "cdrom";
}

function isEjected({ afterWaits }: Cdrom, phase: Phase): boolean {
  return phase === "installed" && afterWaits === "eject";
}

/** The boot priority that the device has in this phase. */
function priorityOf({ bootPriority, afterWaits }: Cdrom, phase: Phase): number | undefined {
  return phase === "installed" && afterWaits === "unprioritize" ? undefined : bootPriority;
}

function cdromToWire(cdrom: Cdrom, phase: Phase): StringMap {
  const { volume } = cdrom;
  const bootPriority = priorityOf(cdrom, phase);
  const priority = bootPriority === undefined ? {} : { "boot.priority": String(bootPriority) };
  return { type: "disk", pool: volume.pool, source: volume.name, ...priority };
}

function cdromFromWire(device: StringMap, cdrom: Cdrom, phase: Phase): Cdrom {
  const { bootPriority: _, volume: written, ...rest } = cdrom;
  const { pool = "", source = "", "boot.priority": text } = device;
  const isWritten = written.pool === pool && written.name === source;
  const priority = text === undefined ? undefined : Number(text);
  const bootPriority = priority === priorityOf(cdrom, phase) ? cdrom.bootPriority : priority;
  return {
    ...rest,
    volume: isWritten ? written : { pool, name: source },
    ...(bootPriority === undefined ? {} : { bootPriority }),
  };
}

function rootFromWire({ pool = "", size }: StringMap, written: RootDisk | undefined): RootDisk {
  if (size === undefined) return { pool };
  const isSame = written?.size !== undefined && parseSize(written.size) === parseSize(size);
  return { pool, size: isSame ? written.size : size };
}
