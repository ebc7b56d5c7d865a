// Finds the users of a volume, and detaches it from instances of the same stack.
import {
  findInstance,
  type InstanceAddress,
  listAllInstances,
  type StringMap,
  updateInstance,
} from "../../lxd/api/instance/instances";
import { type VolumeAddress } from "../../lxd/api/storage/volumes";
import { parseUser } from "../../lxd/api/used-by";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { runRegistry } from "../../engine/run-registry";
import { type Context } from "../../kind/kind";
import { retryWhileBusy } from "../machine/busy";
import { detachedKey, isSameStack, ownerKey } from "../shared/ownership";

type Devices = Record<string, StringMap>;

/** A volume that is to be deleted. */
interface Released {
  volume: VolumeAddress;
  usedBy: string[];
  /** Whether its replacement exists, so that this run has updated every instance that it includes. */
  hasReplacement: boolean;
}

/**
 * Detaches a volume from the instances of this stack so that it can be deleted. They get its replacement once that is
 * created under the same name, or on their next update. If anything else uses the volume, or an instance that this run
 * does not update, nothing changes and the error lists every user.
 */
export async function releaseVolume(
  { client, urn, warn }: Pick<Context, "client" | "urn" | "warn">,
  { volume, usedBy, hasReplacement }: Released,
): Promise<void> {
  const users = usedBy.map(parseUser);
  const own: InstanceAddress[] = [];
  const foreign: string[] = [];
  const waiting: string[] = [];
  for (const { collection, name, project } of users) {
    const instance = collection === "instances" ? await findInstance(client, { project, name }) : undefined;
    const owner = instance?.value.config?.[ownerKey];
    const text = `${collection.replace(/s$/, "")} ${project}/${name}`;
    if (owner === undefined || !isSameStack(urn, owner)) foreign.push(text);
    else if (hasReplacement && !runRegistry().isInProgram(owner)) waiting.push(text);
    else own.push({ project, name });
  }
  if (foreign.length > 0) {
    throw new LxdError({
      code: "in-use",
      why: `the volume is in use by ${foreign.join(", ")}`,
      advice: "Remove it from them first; they do not belong to this stack.",
    });
  }
  if (waiting.length > 0) {
    throw new LxdError({
      code: "in-use",
      why: `the volume is in ${waiting.join(", ")}, which this run does not update`,
      advice:
        "Run `pulumi up` without --target, or with --target-dependents: it puts the new volume there, and then deletes this one.",
    });
  }
  for (const instance of own) {
    // Its cdroms still name this volume, for example because the program ignores their changes.
    if (hasReplacement) warn(`${volume.pool}/${volume.name} is ejected from ${instance.project}/${instance.name}`);
    await retryWhileBusy({ client }, instance, () => detach(client, instance, volume));
  }
}

async function detach(client: Client, at: InstanceAddress, volume: VolumeAddress): Promise<void> {
  const found = await findInstance(client, at);
  if (found === undefined) return;
  const { config, devices: before } = found.value;
  const devices = Object.entries(before ?? {});
  const kept = devices.filter(([, device]) => !isOf(volume, device));
  if (kept.length === devices.length) return;
  const taken = Object.fromEntries(devices.filter(([, device]) => isOf(volume, device)));
  const note = { [detachedKey]: JSON.stringify({ ...noteOf(config?.[detachedKey]), ...taken }) };
  await updateInstance(client, at, found, { devices: Object.fromEntries(kept), config: { ...config, ...note } });
}

/**
 * Reattaches a recreated volume to the instances of this stack from which it was detached. An instance whose own inputs
 * have not changed is not updated, so nothing else would reattach it.
 */
export async function returnVolume(client: Client, volume: VolumeAddress, urn: string): Promise<void> {
  for (const { project, name, config } of await listAllInstances(client)) {
    const note = noteOf(config?.[detachedKey]);
    const isWaiting = Object.values(note).some((device) => isOf(volume, device));
    if (!isWaiting || !isSameStack(urn, config?.[ownerKey])) continue;
    await retryWhileBusy({ client }, { project, name }, () => attach(client, { project, name }, volume));
  }
}

async function attach(client: Client, at: InstanceAddress, volume: VolumeAddress): Promise<void> {
  const found = await findInstance(client, at);
  if (found === undefined) return;
  const { [detachedKey]: text, ...config } = found.value.config ?? {};
  const note = Object.entries(noteOf(text));
  const back = Object.fromEntries(note.filter(([, device]) => isOf(volume, device)));
  const left = note.filter(([, device]) => !isOf(volume, device));
  const rest = left.length === 0 ? {} : { [detachedKey]: JSON.stringify(Object.fromEntries(left)) };
  // A device that was added under the same name in the meantime stays.
  const devices = { ...back, ...found.value.devices };
  await updateInstance(client, at, found, { devices, config: { ...config, ...rest } });
}

function isOf(volume: VolumeAddress, device: StringMap): boolean {
  return device["pool"] === volume.pool && device["source"] === volume.name;
}

function noteOf(text: string | undefined): Devices {
  return text === undefined ? {} : (JSON.parse(text) as Devices);
}
