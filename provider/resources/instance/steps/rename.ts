// Renames an instance in place.
import { type InstanceFound } from "../../../lxd/api/instance/instance-identity";
import { renameInstance } from "../../../lxd/api/instance/instances";
import { isCode } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { stopFor } from "../../machine/restart-policy";
import { retryWhileBusy } from "../../machine/busy";
import { type InstanceInputs } from "../schema";

/** Returns whether the instance was stopped for the rename. */
export async function rename(context: Context, { at }: InstanceFound, news: InstanceInputs): Promise<boolean> {
  const { client } = context;
  const wasStopped = await stopFor(context, at, { news, what: "renamed" });
  await retryWhileBusy(context, at, () => renameInstance(client, at, news.name)).catch((error: unknown) => {
    if (!isCode(error, "already-exists")) throw error;
    throw error.during(`rename ${at.name} to ${news.name}`, "Choose another name, or delete that instance first.");
  });
  return wasStopped;
}
