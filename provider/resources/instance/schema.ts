// Schema of an instance: its inputs, its computed inputs and its outputs.
import * as z from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type CommonInputs, type PartialInputs } from "../../kind/kind";
import { duration, instanceName, name, scalar, strict } from "../../kind/schema";
import { architectureSchema } from "../shared/architecture";
import { remoteSchema } from "../shared/common";
import { bootCommandSchema, type BootStep } from "../machine/guest/boot-command";
import { type GuestFile } from "../machine/guest/file-content";
import { guestFilesSchema } from "../machine/guest/files";
import { type NetworkOutputs } from "../machine/addresses";
import { type CloudInit, cloudInit, type Firmware } from "../machine/config";
import { type Cdrom, cdromSchema } from "../machine/devices/cdrom";
import { type TypedDevices } from "../machine/devices/devices";
import { disksSchema } from "../machine/devices/disk";
import { nicsSchema } from "../machine/devices/nic";
import { plainDevices } from "../machine/devices/plain-devices";
import { type RootDisk, rootDiskSchema } from "../machine/devices/root-disk";
import { type InstanceSource, sourceSchema } from "./source";
import { wait, type Wait } from "../machine/wait-schema";

export type Power = "managed" | "initial" | "ignored";

export interface InstanceInputs extends CommonInputs, TypedDevices {
  name: string;
  type: "container" | "virtual-machine";
  description: string;
  source?: InstanceSource | undefined;
  /** Computed: the image behind a followed alias, or the hash of a backup file. */
  sourceVersion?: string | undefined;
  onImageChange: "replace" | "rebuild";
  architecture?: string | undefined;
  ephemeral: boolean;
  /** A cluster member, or `@group`. */
  target?: string | undefined;
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  /** The guest's operating system, installed or to be installed. */
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
  /** Computed for an existing instance. */
  __identity?: string | undefined;
}

export interface InstanceOutputs extends InstanceInputs, NetworkOutputs {
  /** The pool of the root disk, whether the disk comes from the instance or a profile. */
  rootPool?: string | undefined;
  baseImage?: string | undefined;
  /** Includes the keys from profiles, without the server's own keys. */
  expandedConfig: StringMap;
  status: string;
  architecture: string;
  location: string;
  createdAt: string;
}

export type PartialInstanceInputs = PartialInputs<InstanceInputs>;

export const schema = strict({
  name: instanceName.optional(),
  type: z.enum(["container", "virtual-machine"]).optional(),
  description: z.string().optional(),
  source: sourceSchema.optional(),
  onImageChange: z.enum(["replace", "rebuild"]).optional(),
  architecture: architectureSchema.optional(),
  ephemeral: z.boolean().optional(),
  target: name.optional(),
  rootDisk: rootDiskSchema.optional(),
  cdroms: z.array(cdromSchema).optional(),
  nics: z.array(nicsSchema).optional(),
  disks: z.array(disksSchema).optional(),
  tpm: z.boolean().optional(),
  agentDrive: z.boolean().optional(),
  cloudInitDrive: z.boolean().optional(),
  os: z.enum(["linux", "windows"]).optional(),
  firmware: z.enum(["uefi", "uefi-secureboot", "bios"]).optional(),
  cloudInit: cloudInit.optional(),
  config: z.record(z.string(), scalar).optional(),
  devices: plainDevices.optional(),
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
