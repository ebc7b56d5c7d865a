// Renames a machine in place; a run that was killed after the renaming finds it under its new name.
import { findInstance, renameInstance } from "../../api/instances";
import { isCode } from "../../errors";
import { type Context } from "../../kind";
import { stopFor } from "./consent";
import { whenIdle } from "./idle";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { ownerKey } from "../ownership";

/** Returns whether the machine was shut down for it. */
export async function rename(context: Context, olds: InstanceOutputs, news: InstanceInputs): Promise<boolean> {
  const { client, urn } = context;
  if (olds.name === news.name) return false;
  const already = await findInstance(client, news);
  if (already?.value.config?.[ownerKey] === urn) return false;
  const at = { project: news.project, name: olds.name };
  const wasStopped = await stopFor(context, at, { news, what: "renamed" });
  await whenIdle(context, at, () => renameInstance(client, at, news.name)).catch((error: unknown) => {
    if (!isCode(error, "already-exists")) throw error;
    throw error.during(`rename ${at.name} to ${news.name}`, "Choose another name, or delete that instance first.");
  });
  return wasStopped;
}
