// The settings of an instance: what the program says is merged into what the server keeps there, and read back.
import { isDeepStrictEqual } from "node:util";
import {
  findInstance,
  type InstanceAddress,
  type InstanceSettings,
  type StringMap,
  updateInstance,
  type WireInstance,
} from "../../lxd/api/instance/instances";
import { type Client, type Found } from "../../lxd/client/core/client";
import { type ServerInfo } from "../../lxd/client/discovery/server-info";
import { isCode, LxdError } from "../../base/errors";
import { type NetworkOutputs, observeNetwork } from "../machine/addresses";
import { configFromWire, configToWire } from "../machine/config";
import { isAt } from "../machine/home";
import { fromWire, type Phase, toWire } from "../machine/devices/devices";
import { type Changer, whenIdle } from "../machine/idle";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { isRunning } from "../machine/power";
import {
  creatingKey,
  detachedKey,
  isBookkeeping,
  ownerKey,
  pendingKey,
  rebuilding,
  sourceKey,
} from "../shared/ownership";

type Inputs = InstanceInputs;
type Outputs = InstanceOutputs;

/** How often settings are merged anew when somebody else, mostly the daemon itself, changes them at the same time. */
const attempts = 5;

export async function get(client: Client, at: InstanceAddress): Promise<Found<WireInstance>> {
  const found = await findInstance(client, at);
  if (found !== undefined) return found;
  const advice = "Run `pulumi refresh`; the next `pulumi up` then creates it again.";
  throw new LxdError({ code: "not-found", why: "the instance is gone", advice });
}

/** Whether what the machine was made for is over: its waits, and the first start. */
export function phaseOf({ config }: Pick<WireInstance, "config">): Phase {
  const pending = config?.[pendingKey];
  return pending === "boot" || pending === "wait" ? "installing" : "installed";
}

/** The settings that the program wants, beside those that the server and the bookkeeping keep there. */
export function wanted(
  wire: Pick<WireInstance, "config" | "devices">,
  inputs: Inputs,
  { urn, info }: { urn: string; info: ServerInfo },
): Pick<Inputs, "profiles" | "description" | "ephemeral"> & {
  config: StringMap;
  devices: Record<string, StringMap>;
} {
  const usbMedia = inputs.os === "windows" && info.extensions.has("disk_io_bus_usb");
  const emptyDrives = info.extensions.has("disk_attached");
  const said = configToWire(inputs, info.extensions.has("instance_boot_mode"));
  return {
    // A machine that gets all its devices has none left to get back, and is there as a whole.
    config: { ...without(without(pick(wire.config, isServers), detachedKey), creatingKey), ...said, [ownerKey]: urn },
    devices: toWire(inputs, { phase: phaseOf(wire), existing: wire.devices ?? {}, usbMedia, emptyDrives }),
    profiles: inputs.profiles,
    description: inputs.description,
    ephemeral: inputs.ephemeral,
  };
}

type SettingsChange = (wire: WireInstance) => Partial<InstanceSettings>;

/** Merges a change into the settings as they are, when the machine takes it. */
export function changeSettings(changer: Changer, at: InstanceAddress, change: SettingsChange): Promise<void> {
  return whenIdle(changer, at, () => merge(changer.client, at, change));
}

/** The daemon itself writes to the settings too, so a conflict is merged anew. */
async function merge(client: Client, at: InstanceAddress, change: SettingsChange): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const found = await get(client, at);
    const changes = change(found.value);
    const keys = Object.keys(changes) as (keyof InstanceSettings)[];
    if (keys.every((key) => isDeepStrictEqual(found.value[key], changes[key]))) return;
    try {
      await updateInstance(client, at, found, changes);
      return;
    } catch (error) {
      if (!isCode(error, "conflict") || attempt === attempts) throw error;
    }
  }
}

/** The only road from the daemon to the state. */
export async function observe(client: Client, inputs: Inputs, wire: WireInstance): Promise<Outputs> {
  return { ...toOutputs(inputs, wire), ...(await observeNetwork(client, inputs, wire)) };
}

/** What others have moved is told; what an evacuation has, is as the program says. */
function targetFrom(wire: WireInstance, { target }: Inputs): string | undefined {
  return target === undefined || target.startsWith("@") || isAt(wire, target) ? target : wire.location;
}

/** Without what needs another request. */
export function toOutputs(inputs: Inputs, wire: WireInstance): Omit<Outputs, keyof NetworkOutputs> {
  return {
    name: wire.name,
    project: inputs.project,
    type: wire.type,
    description: wire.description,
    ...sourceFromWire(inputs, wire),
    onImageChange: inputs.onImageChange,
    ephemeral: wire.ephemeral,
    target: targetFrom(wire, inputs),
    ...fromWire(wire.devices ?? {}, inputs, phaseOf(wire)),
    ...configFromWire(
      pick(wire.config, (key) => !isServers(key)),
      inputs,
    ),
    profiles: wire.profiles ?? [],
    rootPool: rootPoolOf(wire),
    running: isRunning(wire),
    os: inputs.os,
    power: inputs.power,
    allowRestart: inputs.allowRestart,
    shutdownTimeout: inputs.shutdownTimeout,
    onDelete: inputs.onDelete,
    waitFor: inputs.waitFor,
    bootCommand: inputs.bootCommand,
    files: inputs.files,
    baseImage: baseImageOf(wire),
    expandedConfig: pick(wire.expanded_config, (key) => !isServers(key)),
    status: wire.status,
    architecture: wire.architecture,
    location: wire.location,
    createdAt: wire.created_at,
  };
}

/** One that a rebuild has left half done is of no image. */
function baseImageOf({ config }: WireInstance): string | undefined {
  return config?.[sourceKey] === rebuilding ? undefined : config?.["volatile.base_image"];
}

/** What it was made from, as far as the daemon tells: the image. */
function sourceFromWire(
  { source, sourceVersion }: Inputs,
  wire: WireInstance,
): Pick<Inputs, "source" | "sourceVersion"> {
  const image = baseImageOf(wire) ?? "unknown";
  if (source === undefined) return { source };
  if ("image" in source) return { source: { image } };
  const isFollowed = "alias" in source && sourceVersion !== undefined;
  return { source, sourceVersion: isFollowed ? image : sourceVersion };
}

/** The pool of the root disk. */
export function rootPoolOf(wire: WireInstance): string | undefined {
  return rootOf(wire)?.[1]["pool"];
}

/** The root disk, its own or a profile's: its name and its options. */
export function rootOf({ devices, expanded_devices: expanded }: WireInstance): [string, StringMap] | undefined {
  return Object.entries({ ...expanded, ...devices }).find(([, device]) => device["path"] === "/");
}

/** Keys of the config that the server, or this provider's bookkeeping, writes. */
export function isServers(key: string): boolean {
  return key.startsWith("volatile.") || key.startsWith("image.") || isBookkeeping(key);
}

function pick(map: StringMap | null | undefined, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => keep(key)));
}

export function without(map: StringMap | null | undefined, key: string): StringMap {
  return pick(map, (each) => each !== key);
}
