// CD-ROM drives of an instance: an ISO volume or a file on the host, and what happens to it after the installation.
import * as z from "zod";
import { isFalse } from "../../../kind/booleans";
import { name, strict, tagged } from "../../../kind/schema";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { type Phase, type Surroundings } from "./device";
import { busSchema } from "./values";

/** A reference to an ISO volume. The digest makes an instance detect new content under the same name. */
export interface VolumeReference {
  pool: string;
  name: string;
  project?: string | undefined;
  digest?: string | undefined;
}

/** Has either a volume or a file on the server's host. */
export interface Cdrom {
  volume?: VolumeReference | undefined;
  hostPath?: string | undefined;
  bootPriority?: number | undefined;
  /** The device's name. Default: `cdrom0`, `cdrom1` … by position. */
  name?: string | undefined;
  /** What happens to the drive after the instance's waits. */
  afterWaits?: "keep" | "unprioritize" | "eject" | undefined;
  /** Whether the medium is in the drive; false ejects it. */
  attached?: boolean | undefined;
  /** The bus of the drive. Default: the server's best choice for installers. */
  bus?: string | undefined;
}

/** The type that users write. */
export type WrittenCdrom = Omit<Cdrom, "volume" | "hostPath"> & ({ volume: VolumeReference } | { hostPath: string });

export const volumeReferenceSchema = strict({
  pool: name,
  name,
  project: name.optional(),
  digest: z.string().optional(),
});

const drive = {
  bootPriority: z.int().min(0).optional(),
  name: name.optional(),
  afterWaits: z.enum(["keep", "unprioritize", "eject"]).optional(),
  bus: busSchema.optional(),
  attached: z.boolean().optional(),
};
const isoPath = z.string().regex(/^\/.*\.iso$/, {
  error: "must be an absolute path on the server's host that ends with .iso: only such a file is attached as a CD",
});

export const cdromSchema = tagged<WrittenCdrom>({
  volume: strict({ ...drive, volume: volumeReferenceSchema }),
  hostPath: strict({ ...drive, hostPath: isoPath }),
});

export function cdromDefaults({ name, afterWaits }: Partial<Cdrom>, i: number): Pick<Cdrom, "name" | "afterWaits"> {
  return { name: name ?? `cdrom${i}`, afterWaits: afterWaits ?? "keep" };
}

/** The options that the typed form supports. */
const cdromOptions = ["type", "pool", "source", "boot.priority", "io.bus", "attached"];

export function cdromsToWire(cdroms: Cdrom[], surroundings: Surroundings): Record<string, StringMap> {
  const present = cdroms.filter((cdrom) => !isAway(cdrom, surroundings));
  return Object.fromEntries(present.map((cdrom) => [nameOf(cdrom), cdromToWire(cdrom, surroundings)]));
}

/** `take` removes a device from the unassigned ones and returns it, if it has only the given options. */
export function cdromsFromWire(
  written: Cdrom[],
  phase: Phase,
  { has, take }: { has: (name: string) => boolean; take: (name: string, options: string[]) => StringMap | undefined },
): Cdrom[] {
  return written.flatMap((cdrom) => {
    const isGone = !has(nameOf(cdrom));
    if (isEjected(cdrom, phase) || (cdrom.attached === false && isGone)) return isGone ? [cdrom] : [];
    const device = take(nameOf(cdrom), cdromOptions);
    return device === undefined ? [] : [cdromFromWire(device, cdrom, phase)];
  });
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

/** The boot priority in this phase. */
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

/** If the volume is unchanged, the result keeps everything that the program specifies about it. */
function mediumFromWire({ pool, source = "" }: StringMap, written: VolumeReference | undefined): Partial<Cdrom> {
  if (pool === undefined) return { hostPath: source };
  return { volume: written?.pool === pool && written.name === source ? written : { pool, name: source } };
}
