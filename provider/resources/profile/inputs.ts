// Inputs of a profile, and what a change of each input requires.
import * as z from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type CommonInputs, type KindDefinition, type PartialInputs } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { name, scalar, strict } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type ConfigFacts, type ConfigInputs, type TypedField } from "../config-map/definition";
import { type CloudInit, cloudInit, withoutEmptyTexts } from "../machine/config";
import { eachOf } from "../machine/devices/device";
import { type Disk, diskDefaults, disksSchema } from "../machine/devices/disk";
import { type Nic, nicDefaults, nicsSchema } from "../machine/devices/nic";
import { plainDevices, withStringValues } from "../machine/devices/plain-devices";
import { type RootDisk, rootDiskSchema } from "../machine/devices/root-disk";

export interface ProfileInputs extends CommonInputs, ConfigInputs {
  cloudInit?: CloudInit | undefined;
  rootDisk?: RootDisk | undefined;
  nics: Nic[];
  disks: Disk[];
  devices: Record<string, StringMap>;
}

export interface ProfileOutputs extends ProfileInputs, ConfigFacts {}

export type PartialProfileInputs = PartialInputs<ProfileInputs>;

/** Every version of both daemons accepts such a name in a path. */
export const profileName = z.string().regex(/^[^\s/]+$/, { error: "must not be empty or contain spaces or slashes" });

export const schema = strict({
  name: profileName.optional(),
  description: z.string().optional(),
  config: z.record(z.string(), scalar).optional(),
  cloudInit: cloudInit.optional(),
  rootDisk: rootDiskSchema.optional(),
  nics: z.array(nicsSchema).optional(),
  disks: z.array(disksSchema).optional(),
  devices: plainDevices.optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<ProfileInputs, ProfileOutputs>["policies"] = {
  name: "replace",
  project: "replace",
  description: "update",
  config: "update",
  cloudInit: "update",
  rootDisk: "update",
  nics: "update",
  disks: "update",
  devices: "update",
};

export const fields: readonly TypedField[] = [
  { path: ["cloudInit", "userData"], key: "cloud-init.user-data", kind: "text" },
  { path: ["cloudInit", "vendorData"], key: "cloud-init.vendor-data", kind: "text" },
  { path: ["cloudInit", "networkConfig"], key: "cloud-init.network-config", kind: "text" },
];

export function applyDefaults(inputs: PartialProfileInputs): PartialProfileInputs {
  return {
    cloudInit: withoutEmptyTexts(inputs.cloudInit),
    nics: eachOf(inputs.nics, nicDefaults),
    disks: eachOf(inputs.disks, diskDefaults),
    devices: isUnknown(inputs.devices) ? inputs.devices : withStringValues(inputs.devices),
  };
}
