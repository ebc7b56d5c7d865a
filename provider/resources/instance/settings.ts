// Builds the settings of an instance by merging the program's with the server's, and reads them back.
import { type StringMap, type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type ServerInfo } from "../../lxd/client/discovery/server-info";
import { type NetworkOutputs, readNetwork } from "../machine/addresses";
import { configFromWire, configToWire } from "../machine/config";
import { isAt } from "../machine/cluster-location";
import { fromWire, toWire } from "../machine/devices/devices";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { isRunning } from "../machine/power";
import { creatingKey, detachedKey, ownerKey, rebuilding, sourceKey } from "../shared/ownership";
import { isServers, phaseOf, pick, rootPoolOf, without } from "../machine/settings";

type Inputs = InstanceInputs;
type Outputs = InstanceOutputs;

/** The settings to write: the program's, with the keys of the server and of this provider preserved. */
export function desiredConfig(
  wire: Pick<WireInstance, "config" | "devices">,
  inputs: Inputs,
  { urn, info }: { urn: string; info: ServerInfo },
): Pick<Inputs, "profiles" | "description" | "ephemeral"> & {
  config: StringMap;
  devices: Record<string, StringMap>;
} {
  const usbMedia = inputs.os === "windows" && info.extensions.has("disk_io_bus_usb");
  const emptyDrives = info.extensions.has("disk_attached");
  const config = configToWire(inputs, info.extensions.has("instance_boot_mode"));
  return {
    // Once all devices are set, none is left to reattach and the instance is complete.
    config: { ...without(without(pick(wire.config, isServers), detachedKey), creatingKey), ...config, [ownerKey]: urn },
    devices: toWire(inputs, { phase: phaseOf(wire), existing: wire.devices ?? {}, usbMedia, emptyDrives }),
    profiles: inputs.profiles,
    description: inputs.description,
    ephemeral: inputs.ephemeral,
  };
}

/** The only mapping from the daemon to the state. */
export async function readState(client: Client, inputs: Inputs, wire: WireInstance): Promise<Outputs> {
  return { ...toOutputs(inputs, wire), ...(await readNetwork(client, inputs, wire)) };
}

/** A move made outside the program is drift; an evacuation is not. */
function targetFrom(wire: WireInstance, { target }: Inputs): string | undefined {
  return target === undefined || target.startsWith("@") || isAt(wire, target) ? target : wire.location;
}

/** The outputs that need no further request. */
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

/** An instance with an interrupted rebuild has no image. */
function baseImageOf({ config }: WireInstance): string | undefined {
  return config?.[sourceKey] === rebuilding ? undefined : config?.["volatile.base_image"];
}

/** The source as far as the daemon reports it: the image. */
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
