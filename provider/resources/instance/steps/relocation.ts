// Moves a machine in place: its root disk to another pool, itself to another member of the cluster.
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

/** Returns whether the machine was shut down for it; undefined if there was nothing to do. */
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
 * Clears up after a move to another pool, be it one that was broken off: servers copy the machine under another name, with
 * its UUID and its config. Returns whether there was anything to do.
 */
export async function finishMove(context: Context, found: InstanceFound): Promise<boolean> {
  if (found.value.config?.[movingKey] === undefined) return false;
  await removeTwins(context, found);
  await mark(context, found.at);
  return true;
}

/** The copies of a machine that says that it is being moved. */
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
 * Whether a machine can change members while it runs. The servers do that with virtual machines that were started for it;
 * containers would need CRIU, which hardly any guest survives.
 */
export function movesLive(wire: WireInstance): boolean {
  const isStateful = isTrue(wire.expanded_config?.["migration.stateful"]);
  return wire.type === "virtual-machine" && isRunning(wire) && isStateful;
}

/** The pool that the root disk is to be in, if it is in another. */
export function otherPool(wire: WireInstance, { rootDisk }: PartialInstanceInputs): string | undefined {
  const pool = rootDisk?.pool;
  return pool === undefined || isUnknown(pool) || pool === rootPoolOf(wire) ? undefined : pool;
}

/** The member that the machine is to be on, if it is on another; of a group, one of its members. */
export async function otherMember(
  client: Client,
  wire: WireInstance,
  { target }: PartialInstanceInputs,
): Promise<string | undefined> {
  // The daemons would bring a machine back to an evacuated member too.
  if (target === undefined || isUnknown(target) || isAt(wire, target)) return undefined;
  if (!target.startsWith("@")) return target;
  const members = await listGroupMembers(client, target.slice(1));
  return members.some((member) => isAt(wire, member)) ? undefined : members[0];
}
