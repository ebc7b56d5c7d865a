// Reads an instance's settings and changes them, merging concurrent changes by other clients.
import { isDeepStrictEqual } from "node:util";
import { gone, isCode } from "../../base/errors";
import {
  findInstance,
  type InstanceAddress,
  type InstanceSettings,
  type StringMap,
  updateInstance,
  type WireInstance,
} from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { isProviderKey, pendingKey } from "../shared/ownership";
import { type Phase } from "./devices/device";
import { type Changer, retryWhileBusy } from "./busy";

/**
 * How often a write is retried with a fresh merge when another client, usually the daemon itself, changes the settings.
 */
const attempts = 5;

export async function get(client: Client, at: InstanceAddress): Promise<Found<WireInstance>> {
  const found = await findInstance(client, at);
  if (found !== undefined) return found;
  throw gone("instance");
}

/** Whether the waits and the first start are over. */
export function phaseOf({ config }: Pick<WireInstance, "config">): Phase {
  const pending = config?.[pendingKey];
  return pending === "boot" || pending === "wait" ? "installing" : "installed";
}
type SettingsChange = (wire: WireInstance) => Partial<InstanceSettings>;

/**
 * Merges a change into the current settings once the instance accepts it. Returns whether it changed anything. `known`:
 * the instance as it was just read, which saves a request.
 */
export function changeSettings(
  changer: Changer,
  at: InstanceAddress,
  change: SettingsChange,
  known?: Found<WireInstance>,
): Promise<boolean> {
  let first = known;
  return retryWhileBusy(changer, at, () => {
    const found = first;
    first = undefined;
    return merge(changer.client, at, { change, found });
  });
}

/** The daemon also writes to the settings, so a conflict is merged again. */
async function merge(
  client: Client,
  at: InstanceAddress,
  { change, found: known }: { change: SettingsChange; found: Found<WireInstance> | undefined },
): Promise<boolean> {
  let found = known ?? (await get(client, at));
  for (let attempt = 1; ; attempt++) {
    const { value } = found;
    const changes = change(value);
    const keys = Object.keys(changes) as (keyof InstanceSettings)[];
    if (keys.every((key) => isDeepStrictEqual(value[key], changes[key]))) return false;
    try {
      await updateInstance(client, at, found, changes);
      return true;
    } catch (error) {
      if (!isCode(error, "conflict") || attempt === attempts) throw error;
    }
    found = await get(client, at);
  }
}

/** The pool of the root disk. */
export function rootPoolOf(wire: WireInstance): string | undefined {
  return rootOf(wire)?.[1]["pool"];
}

/** The root disk, from the instance or a profile: its name and options. */
export function rootOf({ devices, expanded_devices: expanded }: WireInstance): [string, StringMap] | undefined {
  return Object.entries({ ...expanded, ...devices }).find(([, device]) => device["path"] === "/");
}

/** Config keys written by the server or by this provider. */
export function isServers(key: string): boolean {
  return key.startsWith("volatile.") || key.startsWith("image.") || isProviderKey(key);
}

export function pick(map: StringMap | null | undefined, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => keep(key)));
}

export function without(map: StringMap | null | undefined, key: string): StringMap {
  return pick(map, (each) => each !== key);
}
