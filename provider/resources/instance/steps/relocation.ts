// Moves an instance in place: its root disk to another pool, or the instance to another cluster member.
import { listGroupMembers } from "../../../lxd/api/cluster-members";
import { type InstanceFound } from "../../../lxd/api/instance/instance-identity";
import {
  deleteInstance,
  type InstanceAddress,
  listInstances,
  moveInstance,
  type WireInstance,
} from "../../../lxd/api/instance/instances";
import { settleInstance } from "../../../lxd/api/operations";
import { type Client } from "../../../lxd/client/core/client";
import { type Context } from "../../../kind/kind";
import { isUnknown } from "../../../kind/unknowns";
import { movingKey, ownerKey } from "../../shared/ownership";
import { createDeadlineMs } from "../markers";
import { stopFor } from "../../machine/restart-policy";
import { isAt } from "../../machine/cluster-location";
import { retryWhileBusy } from "../../machine/busy";
import { isRunning } from "../../machine/power";
import { type InstanceInputs, type PartialInstanceInputs } from "../schema";
import { changeSettings, rootPoolOf } from "../../machine/settings";
import { isTrue } from "../../../kind/booleans";

/** Returns whether the instance was stopped for the move; undefined if nothing had to be done. */
export async function move(
  context: Context,
  value: WireInstance,
  news: InstanceInputs,
): Promise<"stopped" | "moved" | undefined> {
  const { client, status } = context;
  const options = { deadlineMs: createDeadlineMs, onProgress: status };
  let wasStopped = false;
  const target = await otherMember(client, value, news);
  if (target !== undefined) {
    const live = movesLive(value);
    if (!live) wasStopped = await stopFor(context, news, { news, what: "moved to another member of the cluster" });
    await retryWhileBusy(context, news, () => moveInstance(client, news, { target, live }, options));
  }
  const pool = otherPool(value, news);
  if (pool !== undefined) {
    wasStopped = (await stopFor(context, news, { news, what: "moved to another storage pool" })) || wasStopped;
    await mark(context, news, { [movingKey]: pool });
    await retryWhileBusy(context, news, () => moveInstance(client, news, { pool }, options));
  }
  if (target === undefined && pool === undefined) return undefined;
  return wasStopped ? "stopped" : "moved";
}

/**
 * Cleans up after a completed or interrupted move to another pool: servers copy the instance under another name, with
 * its UUID and config. Returns whether there was anything to do.
 */
export async function finishMove(context: Context, found: InstanceFound): Promise<boolean> {
  if (found.value.config?.[movingKey] === undefined) return false;
  await removeTwins(context, found);
  await mark(context, found.at);
  return true;
}

/** Removes the copies of an instance that is marked as moving. */
export async function removeTwins({ client, urn }: Context, { at, value }: InstanceFound): Promise<void> {
  if (value.config?.[movingKey] === undefined) return;
  await settleInstance(client, at, createDeadlineMs);
  const { "volatile.uuid": uuid } = value.config;
  for (const { name, config } of await listInstances(client, at.project)) {
    const isTwin = name !== at.name && config?.[movingKey] !== undefined && config["volatile.uuid"] === uuid;
    if (isTwin && config[ownerKey] === urn) await deleteInstance(client, { ...at, name });
  }
}

async function mark(context: Context, at: InstanceAddress, moving: Record<string, string> = {}): Promise<void> {
  await changeSettings(context, at, ({ config }) => {
    const { [movingKey]: _old, ...rest } = config ?? {};
    return { config: { ...rest, ...moving } };
  });
}

/**
 * Whether an instance supports live migration. The servers support it for virtual machines started with
 * `migration.stateful`; containers would need CRIU, which hardly any guest survives.
 */
export function movesLive(wire: WireInstance): boolean {
  const isStateful = isTrue(wire.expanded_config?.["migration.stateful"]);
  return wire.type === "virtual-machine" && isRunning(wire) && isStateful;
}

/** The target pool of the root disk, if it differs from the current one. */
export function otherPool(wire: WireInstance, { rootDisk }: PartialInstanceInputs): string | undefined {
  const pool = rootDisk?.pool;
  return pool === undefined || isUnknown(pool) || pool === rootPoolOf(wire) ? undefined : pool;
}

/** The target member of the instance, if it differs from the current one; for a group, one of its members. */
export async function otherMember(
  client: Client,
  wire: WireInstance,
  { target }: PartialInstanceInputs,
): Promise<string | undefined> {
  // The daemons would return an instance to a member even if that is evacuated.
  if (target === undefined || isUnknown(target) || isAt(wire, target)) return undefined;
  if (!target.startsWith("@")) return target;
  const members = await listGroupMembers(client, target.slice(1));
  return members.some((member) => isAt(wire, member)) ? undefined : members[0];
}
