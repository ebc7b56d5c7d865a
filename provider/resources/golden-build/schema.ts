// Schema of a golden image build: its inputs, its computed inputs and its outputs.
import * as z from "zod";
import { type Alias } from "../../lxd/api/images";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type CommonInputs, type PartialInputs } from "../../kind/kind";
import { duration, name, size, strict } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type AliasPolicy, schema as imageSchema } from "../image/inputs";
import { type BootStep } from "../machine/guest/boot-command";
import { type CloudInit, type Firmware } from "../machine/config";
import { type VolumeReference, volumeReferenceSchema } from "../machine/devices/cdrom";
import { type Disk } from "../machine/devices/disk";
import { type Nic } from "../machine/devices/nic";
import { type RootDisk } from "../machine/devices/root-disk";
import { schema as instanceSchema } from "../instance/schema";
import { type Wait } from "../machine/wait-schema";
import { type PublishTarget, targetSchema } from "./replicate/target-inputs";
import { type ExecStep, provisionSchema, sealSchema, type Step } from "./build/steps";

/** Used for the builder and for the trial. */
export interface Machine {
  cpus?: number | undefined;
  memory?: string | undefined;
  rootDisk?: RootDisk | undefined;
  firmware?: Firmware | undefined;
  os?: "linux" | "windows" | undefined;
  tpm?: boolean | undefined;
  agentDrive?: boolean | undefined;
  cloudInitDrive?: boolean | undefined;
  cloudInit?: CloudInit | undefined;
  nics?: Nic[] | undefined;
  disks?: Disk[] | undefined;
  config?: StringMap | undefined;
  devices?: Record<string, StringMap> | undefined;
  profiles?: string[] | undefined;
}

export interface Install {
  until: "powered-off";
  timeout: string;
  stableFor: string;
}

export interface Verify {
  waitFor: Wait[];
  timeout: string;
}

/** Settings of the image itself, all of which change in place. */
export interface Result {
  aliases: Alias[];
  properties: StringMap;
  public: boolean;
  expiresAt?: string | undefined;
  aliasPolicy: AliasPolicy;
  compression?: string | undefined;
  timeout: string;
}

/** As inputs, these are known only before an in-place update. */
export interface GoldenInputs extends CommonInputs, ReleasedImage {
  /** Set by the component: unique for each set of inputs that determine the image. */
  version: string;
  iso: VolumeReference;
  media: VolumeReference[];
  machine: Machine;
  /** Keystrokes sent when the installer boots. */
  bootCommand: BootStep[];
  install: Install;
  /** Steps in the installed system, and the final steps. */
  provision: Step[];
  seal: ExecStep[];
  verify?: Verify | undefined;
  image: Result;
  publishTo: PublishTarget[];
  keep: number;
  pin?: string | undefined;
  onFailure: "keep" | "clean";
  /** Computed from everything that determines the image. Empty in the state of a build whose image does not exist. */
  inputsHash: string;
}

/** The released image: that of this build or of the pinned version. Empty until one is released. */
export interface ReleasedImage {
  fingerprint?: string | undefined;
  releasedVersion?: string | undefined;
  architecture?: string | undefined;
  sizeBytes?: number | undefined;
}

export type GoldenOutputs = GoldenInputs;

export type PartialGoldenInputs = PartialInputs<GoldenInputs>;

const { rootDisk, firmware, os, tpm, agentDrive, cloudInitDrive, cloudInit } = instanceSchema.shape;
const { nics, disks, config, devices, profiles, waitFor, bootCommand } = instanceSchema.shape;
const { aliases, properties, public: isPublic, expiresAt, aliasPolicy } = imageSchema.shape;
/** A volume's ID `project/pool/name`, `pool/name`, its bare name in the pool of the root disk, or its parts. */
const medium = z.union([name, volumeReferenceSchema], {
  error: 'must be an ISO volume, "pool/name", or { pool, name }',
});

export const schema = strict({
  version: z.string().regex(/^[0-9a-z]{1,16}$/, { error: "must be 1 to 16 lower-case letters or digits" }),
  iso: medium,
  media: z.array(medium).optional(),
  machine: strict({
    cpus: z.int().min(1).optional(),
    memory: size.optional(),
    ...{ rootDisk, firmware, os, tpm, agentDrive, cloudInitDrive, cloudInit, nics, disks, config, devices, profiles },
  }).optional(),
  bootCommand,
  install: strict({
    until: z.literal("powered-off").optional(),
    timeout: duration.optional(),
    stableFor: duration.optional(),
  }).optional(),
  provision: provisionSchema,
  seal: sealSchema,
  verify: strict({ waitFor: waitFor.unwrap().min(1), timeout: duration.optional() }).optional(),
  image: strict({
    ...{ aliases, properties, public: isPublic, expiresAt, aliasPolicy },
    compression: name.optional(),
    timeout: duration.optional(),
  }).optional(),
  publishTo: z.array(targetSchema).optional(),
  keep: z.int().min(1).optional(),
  pin: name.optional(),
  onFailure: z.enum(["keep", "clean"]).optional(),
  project: name.optional(),
  remote: remoteSchema,
});
