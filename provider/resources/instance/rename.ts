// Renames a machine in place; a run that was killed after the renaming finds it under its new name.
import { findInstance, renameInstance } from "../../api/instances";
import { isCode, LxdError } from "../../errors";
import { type Context } from "../../kind";
import { milliseconds } from "../../units";
import { isStopped, stop } from "./power";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { get } from "./settings";
import { ownerKey } from "../ownership";

export async function rename({ client, urn }: Context, olds: InstanceOutputs, news: InstanceInputs): Promise<void> {
  if (olds.name === news.name) return;
  const already = await findInstance(client, news);
  if (already?.value.config?.[ownerKey] === urn) return;
  const at = { project: news.project, name: olds.name };
  const { value } = await get(client, at);
  if (!isStopped(value)) {
    if (!news.allowRestart) throw needsStop;
    await stop(client, at, milliseconds(news.shutdownTimeout));
  }
  await renameInstance(client, at, news.name).catch((error: unknown) => {
    if (!isCode(error, "already-exists")) throw error;
    throw error.during(`rename ${at.name} to ${news.name}`, "Choose another name, or delete that instance first.");
  });
}

const needsStop = new LxdError({
  code: "invalid-argument",
  why: "a running machine cannot be renamed",
  advice: "Set allowRestart: true, or running: false.",
});
