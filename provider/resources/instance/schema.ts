// What can be written about an instance, and what is known of it after check and on the daemon.
import { z } from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type CommonInputs, type Draft } from "../../kind/kind";
import { duration, instanceName, name, scalar, size, strict, tagged } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type BootStep, bootCommandSchema, isExpression } from "../machine/guest/boot-command";
import { type GuestFile } from "../machine/guest/file-content";
import { guestFilesSchema } from "../machine/guest/files";
import { type NetworkOutputs } from "../machine/addresses";
import { type CloudInit, type Firmware } from "../machine/config";
import { type Cdrom, type RootDisk, type WrittenCdrom } from "../machine/devices/devices";
import { type InstanceSource, sourceSchema } from "./source";
import { type Disk, type Nic, type TypedDevices } from "../machine/devices/typed-devices";

/** What to wait for. Each has its own time limit. */
export type Wait = { timeout: string } & (
  | { condition: "powered-off"; stableFor: string }
  | { condition: "agent" | "cloud-init" }
  | { condition: "ipv4" | "ipv6"; interface?: string | undefined }
  | { condition: "console"; pattern: string }
  | { condition: "exec"; command: string[] }
  | { condition: "port"; port: number; interface?: string | undefined }
);

export type Power = "managed" | "initial" | "ignored";

export interface InstanceInputs extends CommonInputs, TypedDevices {
  name: string;
  type: "container" | "virtual-machine";
  description: string;
  source?: InstanceSource | undefined;
  /** Computed: what an alias that is followed names, or the hash of a backup file. */
  sourceVersion?: string | undefined;
  onImageChange: "replace" | "rebuild";
  architecture?: string | undefined;
  ephemeral: boolean;
  /** A member of the cluster, or `@group`. */
  target?: string | undefined;
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  /** What the guest is or will be. */
  os: "linux" | "windows";
  config: StringMap;
  firmware?: Firmware | undefined;
  cloudInit?: CloudInit | undefined;
  devices: Record<string, StringMap>;
  profiles: string[];
  running: boolean;
  power: Power;
  allowRestart: boolean;
  shutdownTimeout: string;
  onDelete: "force" | "shutdown";
  waitFor: Wait[];
  bootCommand: BootStep[];
  files: GuestFile[];
  /** Computed: of a machine that is there already. */
  __identity?: string | undefined;
}

export interface InstanceOutputs extends InstanceInputs, NetworkOutputs {
  /** The pool of the root disk, its own or a profile's. */
  rootPool?: string | undefined;
  baseImage?: string | undefined;
  /** With what comes from profiles, without the server's own keys. */
  expandedConfig: StringMap;
  status: string;
  architecture: string;
  location: string;
  createdAt: string;
}

export type InstanceDraft = Draft<InstanceInputs>;

export const volumeReference = strict({ pool: name, name, project: name.optional(), digest: z.string().optional() });
const drive = {
  bootPriority: z.int().min(0).optional(),
  name: name.optional(),
  afterWaits: z.enum(["keep", "unprioritize", "eject"]).optional(),
  bus: name.optional(),
  attached: z.boolean().optional(),
};
const isoPath = z.string().regex(/^\/.*\.iso$/, {
  error: "must be an absolute path on the server's host that ends with .iso: only such a file is attached as a CD",
});
const cdrom = tagged<WrittenCdrom>({
  volume: strict({ ...drive, volume: volumeReference }),
  hostPath: strict({ ...drive, hostPath: isoPath }),
});
const device = { name: name.optional(), options: z.record(z.string(), scalar).optional() };
const card = {
  ...device,
  mac: z.string().optional(),
  ipv4Address: z.string().optional(),
  ipv6Address: z.string().optional(),
  bootPriority: z.int().min(0).optional(),
};
const disk = {
  ...device,
  path: name.optional(),
  readOnly: z.boolean().optional(),
  bus: name.optional(),
  bootPriority: z.int().min(0).optional(),
};
/** As users write a device, before its options are spelled out. */
type Written<Kind> = Kind extends unknown
  ? { [Key in keyof Kind]: Key extends "options" ? Record<string, string | number | boolean> | undefined : Kind[Key] }
  : never;
const nics = tagged<Written<Nic>>({
  network: strict({ ...card, network: name }),
  nictype: strict({ ...card, nictype: name, parent: name.optional() }),
});
const disks = tagged<Written<Disk>>({
  volume: strict({ ...disk, volume: name, pool: name }),
  hostPath: strict({ ...disk, hostPath: name }),
});

const timeout = { timeout: duration.optional() };
const onInterface = { interface: name.optional() };
const pattern = z.string().refine(isExpression, { error: "is not a valid JavaScript regular expression" });
const waits = [
  strict({ condition: z.literal("powered-off"), ...timeout, stableFor: duration.optional() }),
  strict({ condition: z.literal("agent"), ...timeout }),
  strict({ condition: z.literal("cloud-init"), ...timeout }),
  strict({ condition: z.literal("ipv4"), ...timeout, ...onInterface }),
  strict({ condition: z.literal("ipv6"), ...timeout, ...onInterface }),
  strict({ condition: z.literal("console"), ...timeout, pattern }),
  strict({ condition: z.literal("exec"), ...timeout, command: z.array(z.string()).min(1) }),
  strict({ condition: z.literal("port"), ...timeout, ...onInterface, port: z.int().min(1).max(65535) }),
] as const;
const conditions = waits.map((each) => each.shape.condition.value);
const wait = z.discriminatedUnion("condition", waits, {
  error: `must be one of ${conditions.join(", ")}`,
});

export const schema = strict({
  name: instanceName.optional(),
  type: z.enum(["container", "virtual-machine"]).optional(),
  description: z.string().optional(),
  source: sourceSchema.optional(),
  onImageChange: z.enum(["replace", "rebuild"]).optional(),
  architecture: name.optional(),
  ephemeral: z.boolean().optional(),
  target: name.optional(),
  rootDisk: strict({ pool: name, size: size.optional(), bus: name.optional() }).optional(),
  cdroms: z.array(cdrom).optional(),
  nics: z.array(nics).optional(),
  disks: z.array(disks).optional(),
  tpm: z.boolean().optional(),
  agentDrive: z.boolean().optional(),
  cloudInitDrive: z.boolean().optional(),
  os: z.enum(["linux", "windows"]).optional(),
  firmware: z.enum(["uefi", "uefi-secureboot", "bios"]).optional(),
  cloudInit: strict({
    userData: z.string().optional(),
    vendorData: z.string().optional(),
    networkConfig: z.string().optional(),
  }).optional(),
  config: z.record(z.string(), scalar).optional(),
  devices: z.record(z.string(), z.record(z.string(), scalar)).optional(),
  profiles: z.array(name).optional(),
  running: z.boolean().optional(),
  power: z.enum(["managed", "initial", "ignored"]).optional(),
  allowRestart: z.boolean().optional(),
  shutdownTimeout: duration.optional(),
  onDelete: z.enum(["force", "shutdown"]).optional(),
  waitFor: z.array(wait).optional(),
  bootCommand: bootCommandSchema.optional(),
  files: guestFilesSchema.optional(),
  project: name.optional(),
  remote: remoteSchema,
});
