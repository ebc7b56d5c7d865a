// Finds and removes instances of builds, so that at most one builder remains after interrupted runs.
import { deleteInstance, listInstances, type WireInstance } from "../../../lxd/api/instance/instances";
import { settleInstance } from "../../../lxd/api/operations";
import { findInstance } from "../../../lxd/api/instance/instances";
import { isCode } from "../../../base/errors";
import { retryWhileBusy } from "../../machine/busy";
import { isStopped, switchOff } from "../../machine/power";
import { hashKey, ownerKey, versionKey } from "../../shared/ownership";
import { type Place } from "../versions";

const settleDeadlineMs = 60 * 60_000;

/** The instances that a resource created for its builds. */
export async function machinesOf({ client, project, urn }: Place): Promise<WireInstance[]> {
  const all = await listInstances(client, project);
  return all.filter(({ config }) => config?.[ownerKey] === urn && config[versionKey] !== undefined);
}

export function isMachineOf({ config }: WireInstance, build: { version: string; inputsHash: string }): boolean {
  return config?.[versionKey] === build.version && config[hashKey] === build.inputsHash;
}

export async function removeMachine({ client, project }: Place, name: string): Promise<void> {
  const at = { project, name };
  try {
    // The daemon may still be working on it for an interrupted run.
    await settleInstance(client, at, settleDeadlineMs);
    const found = await findInstance(client, at);
    if (found === undefined) return;
    if (!isStopped(found.value)) await switchOff({ client }, at);
    await retryWhileBusy({ client }, at, () => deleteInstance(client, at));
  } catch (error) {
    if (!isCode(error, "not-found")) throw error;
  }
}
