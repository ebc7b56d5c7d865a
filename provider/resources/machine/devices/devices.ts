// The typed devices of an instance as the daemon's plain ones, and back.
import { type StringMap } from "../../../lxd/api/instance/instances";
import { parseSize } from "../../../kind/units";
import { isFalse } from "../../../kind/booleans";
import { type TypedDevices, typedFromWire, typedToWire } from "./typed-devices";

export interface RootDisk {
  pool: string;
  size?: string | undefined;
  bus?: string | undefined;
}

/** An ISO volume as seen by a machine. The digest makes a machine notice new content under the same name. */
export interface VolumeReference {
  pool: string;
  name: string;
  project?: string | undefined;
  digest?: string | undefined;
}

/** It has either a volume or a file of the server's host. */
export interface Cdrom {
  volume?: VolumeReference | undefined;
  hostPath?: string | undefined;
  bootPriority?: number | undefined;
  /** The device's name; `cdrom0`, `cdrom1` … by position unless said. */
  name?: string | undefined;
  /** What becomes of it once the machine's waits are over. */
  afterWaits?: "keep" | "unprioritize" | "eject" | undefined;
  /** Whether the medium is in the drive; without it, it is ejected. */
  attached?: boolean | undefined;
  /** How the guest sees the drive; the server's best for installers unless said. */
  bus?: string | undefined;
}

/** As users write it. */
export type WrittenCdrom = Omit<Cdrom, "volume" | "hostPath"> & ({ volume: VolumeReference } | { hostPath: string });

/** Whether installation media are still needed, or the waits for the end of the installation are over. */
export type Phase = "installing" | "installed";

/** What a machine's devices depend on beside the program. */
export interface Surroundings {
  phase: Phase;
  /** The devices as they are: what the program leaves open stays. */
  existing: Record<string, StringMap>;
  /** Whether media are shown as USB drives: those Windows reads without drivers, and a small Linux kernel not at all. */
  usbMedia: boolean;
  /** Whether a drive can be without its medium (`disk_attached`); else it goes with it. */
  emptyDrives: boolean;
}

/** What is written about devices, typed and plain. */
export interface DeviceInputs extends TypedDevices {
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  devices: Record<string, StringMap>;
}

/** The name that the daemons' own tools give the root disk. */
export const rootDevice = "root";

/** The options that the typed forms can say. */
const rootOptions = ["type", "path", "pool", "size", "io.bus"];
const cdromOptions = ["type", "pool", "source", "boot.priority", "io.bus", "attached"];

export function toWire(inputs: DeviceInputs, around: Surroundings): Record<string, StringMap> {
  const { rootDisk, cdroms, devices } = inputs;
  const wire: Record<string, StringMap> = { ...devices, ...typedToWire(inputs) };
  if (rootDisk !== undefined) wire[rootDevice] = rootToWire(rootDisk);
  for (const cdrom of cdroms) if (!isAway(cdrom, around)) wire[nameOf(cdrom)] = cdromToWire(cdrom, around);
  return wire;
}

/**
 * What the daemon has, in the terms that the program uses: a device that the program types is typed, every other is
 * plain, and what cannot be said in the typed form becomes plain too, so that it shows as a change.
 */
export function fromWire(wire: Record<string, StringMap>, written: DeviceInputs, phase: Phase): DeviceInputs {
  const { typed, left: plain } = typedFromWire(wire, written);
  const take = (name: string, options: string[]): StringMap | undefined => {
    const device = plain[name];
    if (device === undefined || !Object.keys(device).every((option) => options.includes(option))) return undefined;
    Reflect.deleteProperty(plain, name);
    return device;
  };
  const root = written.rootDisk === undefined ? undefined : take(rootDevice, rootOptions);
  const cdroms = written.cdroms.flatMap((cdrom) => {
    const isGone = !(nameOf(cdrom) in plain);
    if (isEjected(cdrom, phase) || (cdrom.attached === false && isGone)) return isGone ? [cdrom] : [];
    const device = take(nameOf(cdrom), cdromOptions);
    return device === undefined ? [] : [cdromFromWire(device, cdrom, phase)];
  });
  const rootDisk = root === undefined ? undefined : rootFromWire(root, written.rootDisk);
  return { ...typed, rootDisk, cdroms, devices: plain };
}

function nameOf(cdrom: Cdrom): string {
  return cdrom.name ?? "cdrom";
}

function isEjected({ afterWaits }: Cdrom, phase: Phase): boolean {
  return phase === "installed" && afterWaits === "eject";
}

/** Only a volume's drive can stay without its medium. */
function isAway(cdrom: Cdrom, { phase, emptyDrives }: Surroundings): boolean {
  return isEjected(cdrom, phase) || (cdrom.attached === false && !(emptyDrives && cdrom.volume !== undefined));
}

/** The boot priority that the device has in this phase. */
function priorityOf({ bootPriority, afterWaits }: Cdrom, phase: Phase): number | undefined {
  return phase === "installed" && afterWaits === "unprioritize" ? undefined : bootPriority;
}

function cdromToWire(cdrom: Cdrom, { phase, existing, usbMedia }: Surroundings): StringMap {
  const { volume, hostPath = "", attached } = cdrom;
  const bootPriority = priorityOf(cdrom, phase);
  const medium = volume === undefined ? { source: hostPath } : { pool: volume.pool, source: volume.name };
  const priority = bootPriority === undefined ? {} : { "boot.priority": String(bootPriority) };
  const device = existing[nameOf(cdrom)];
  const bus = cdrom.bus ?? (device === undefined ? (usbMedia ? "usb" : undefined) : device["io.bus"]);
  const empty = attached === false ? { attached: "false" } : {};
  return { type: "disk", ...medium, ...priority, ...(bus && { "io.bus": bus }), ...empty };
}

function cdromFromWire(device: StringMap, cdrom: Cdrom, phase: Phase): Cdrom {
  const { bootPriority: _, bus: __, volume, hostPath: ___, attached, ...rest } = cdrom;
  const { "boot.priority": text, "io.bus": bus, attached: inDrive } = device;
  const isIn = !isFalse(inDrive);
  const priority = text === undefined ? undefined : Number(text);
  const bootPriority = priority === priorityOf(cdrom, phase) ? cdrom.bootPriority : priority;
  return {
    ...rest,
    ...mediumFromWire(device, volume),
    ...(isIn === (attached ?? true) ? { attached } : { attached: isIn }),
    ...(bootPriority === undefined ? {} : { bootPriority }),
    ...(cdrom.bus === undefined ? {} : { bus }),
  };
}

/** A volume that is still the one written is told with what the program knows of it. */
function mediumFromWire({ pool, source = "" }: StringMap, written: VolumeReference | undefined): Partial<Cdrom> {
  if (pool === undefined) return { hostPath: source };
  return { volume: written?.pool === pool && written.name === source ? written : { pool, name: source } };
}

function rootToWire({ pool, size, bus }: RootDisk): StringMap {
  return { type: "disk", path: "/", pool, ...(size && { size }), ...(bus && { "io.bus": bus }) };
}

function rootFromWire({ pool = "", size, "io.bus": bus }: StringMap, written: RootDisk | undefined): RootDisk {
  const isSame = size !== undefined && written?.size !== undefined && parseSize(written.size) === parseSize(size);
  const seenSize = isSame ? written.size : size;
  return { pool, ...(seenSize === undefined ? {} : { size: seenSize }), ...(bus === undefined ? {} : { bus }) };
}
