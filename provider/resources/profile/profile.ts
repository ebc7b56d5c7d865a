// Profiles: config and devices shared by instances.
import {
  createProfile,
  deleteProfile,
  findProfile,
  type ProfileSettings,
  updateProfile,
  type WireProfile,
} from "../../lxd/api/profiles";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type Failure } from "../../kind/kind";
import { configFailures } from "../machine/config-keys";
import { isUnknown } from "../../kind/unknowns";
import { checkPool, checkProject, computedProject } from "../shared/common";
import { configMapKind } from "../config-map/kind";
import { type Settings } from "../config-map/definition";
import { type DeviceInputs, fromWire, toWire } from "../machine/devices/devices";
import { validateBootOrder, validateDeviceNames } from "../machine/devices/validation";
import { normalize } from "../shared/normalize";
import {
  applyDefaults,
  fields,
  type PartialProfileInputs,
  policies,
  type ProfileInputs,
  profileName,
  type ProfileOutputs,
  schema,
} from "./inputs";

export const profile = configMapKind<ProfileInputs, ProfileOutputs, WireProfile, Put>({
  kindName: "profile",
  schema,
  nameSchema: profileName,
  policies,
  passed: [],
  fields,
  // The daemons set no keys in a profile.
  isServers: () => false,
  validate: (partial) => [...validateDeviceNames(partial), ...validateBootOrder(partial)],
  applyDefaults,
  computed: computedProject,
  normalize,
  places: (client, partial) => checkProject(client, partial.project),
  preflight: (client, { inputs }) => preflight(client, inputs),
  preflightChange: (client, { inputs, olds }) => preflight(client, inputs, olds),
  idParts: ["project", "name"],
  blank: { project: "default", nics: [], disks: [], devices: {} },
  find: findProfile,
  make: ({ client }, inputs, settings) => createProfile(client, inputs, settings),
  settings: (inputs, settings) => ({ ...settings, devices: devicesOf(inputs) }),
  put: updateProfile,
  drop: (client, at) => (at.name === always ? empty(client, at) : deleteProfile(client, at)),
  observe: (inputs, { devices }) => devicesFrom(devices ?? {}, inputs),
  isVacant: ({ name, config, devices }) =>
    name === always && [config, devices].every((map) => Object.keys(map ?? {}).length === 0),
  users: ({ name, used_by: users }) => (name === always ? [] : (users ?? [])),
});

type Put = ProfileSettings & Settings;

/** The daemons create this profile in every project and never delete it. */
const always = "default";

async function empty(client: Client, at: ProfileInputs): Promise<void> {
  const found = await findProfile(client, at);
  if (found !== undefined) await updateProfile(client, at, found, { description: "", config: {}, devices: {} });
}

function devicesOf(inputs: ProfileInputs): Record<string, StringMap> {
  return toWire(typed(inputs), { phase: "installed", existing: {}, usbMedia: false, emptyDrives: false });
}

function devicesFrom(
  wire: Record<string, StringMap>,
  inputs: ProfileInputs,
): Pick<ProfileInputs, "project" | "rootDisk" | "nics" | "disks" | "devices"> {
  const { rootDisk, nics, disks, devices } = fromWire(wire, typed(inputs), "installed");
  return { project: inputs.project, rootDisk, nics, disks, devices };
}

/** A profile supports only the typed devices that suit every instance type. */
function typed({ rootDisk, nics, disks, devices }: ProfileInputs): DeviceInputs {
  return { rootDisk, nics, disks, devices, cdroms: [], tpm: false, agentDrive: false, cloudInitDrive: false };
}

async function preflight(
  client: Client,
  inputs: PartialProfileInputs,
  olds?: PartialProfileInputs,
): Promise<Failure[]> {
  return [...(await poolFailures(client, inputs)), ...(await configFailures(client, inputs, olds))];
}

async function poolFailures(client: Client, { rootDisk, disks }: PartialProfileInputs): Promise<Failure[]> {
  const pools: [string | undefined, string][] = [[rootDisk?.pool, "rootDisk.pool"]];
  for (const [i, disk] of (isUnknown(disks) ? [] : (disks ?? [])).entries()) {
    if (!isUnknown(disk) && "volume" in disk) pools.push([disk.pool, `disks[${i}].pool`]);
  }
  const named = pools.filter(([pool]) => pool !== undefined);
  return (await Promise.all(named.map(([pool, property]) => checkPool(client, pool, property)))).flat();
}
