// Rebuilds an instance in place: replaces its root disk with one from the current image.
import { findEntry } from "../../../lxd/api/instance/guest-files";
import { rebuildInstance, type WireInstance } from "../../../lxd/api/instance/instances";
import { requireExtension } from "../../../lxd/client/discovery/server-info";
import { type Context } from "../../../kind/kind";
import { pendingKey, rebuilding, sourceKey, startedKey } from "../../shared/ownership";
import { createDeadlineMs } from "../markers";
import { stopFor } from "../../machine/restart-policy";
import { bringing, imageToWire } from "./create";
import { retryWhileBusy } from "../../machine/busy";
import { type InstanceInputs, type InstanceOutputs } from "../schema";
import { changeSettings, without } from "../../machine/settings";
import { imageOf, isImage, markOf } from "../source";
import { sourceCost } from "../source-version";
import { firstPhase } from "../phases";

export const rebuildExtension = "instances_rebuild";

/** Returns whether the instance was stopped for the rebuild; undefined if nothing had to be done. */
export async function rebuild(
  context: Context,
  value: WireInstance,
  { olds, news }: { olds: InstanceOutputs; news: InstanceInputs },
): Promise<"stopped" | "rebuilt" | undefined> {
  const { client, status } = context;
  const { source } = news;
  if (source === undefined || !isImage(source) || !needsRebuild(value, olds, news)) return undefined;
  requireExtension(await client.info(), rebuildExtension, "rebuilding of instances");
  const root = await imageToWire(client, news, source);
  const wasStopped = await stopFor(context, news, { news, what: "rebuilt" });
  // This value indicates that the disk is neither the old nor the new one. The waits run as for a new instance.
  const pending = firstPhase(news);
  await changeSettings(context, news, ({ config }) => ({
    config: {
      ...without(config, startedKey),
      [sourceKey]: rebuilding,
      ...(pending === undefined ? {} : { [pendingKey]: pending }),
    },
  }));
  const options = { deadlineMs: createDeadlineMs, onProgress: status };
  await bringing(context, news, () =>
    retryWhileBusy(context, news, () => rebuildInstance(client, news, root, options)),
  );
  const mark = markOf(source, news.sourceVersion);
  await changeSettings(context, news, ({ config }) => ({
    config: { ...without(config, sourceKey), ...(mark === undefined ? {} : { [sourceKey]: mark }) },
  }));
  // Even if a run is stopped during this wait, the rebuild is done.
  if (value.type === "container" && news.files.length > 0) await currentFiles(context, news);
  return wasStopped ? "stopped" : "rebuilt";
}

/**
 * Incus serves the files of a container from a process that stays in the old root, where writes fail, until it has
 * received no request for ten seconds.
 */
async function currentFiles({ client, status }: Context, at: InstanceInputs): Promise<void> {
  for (let looks = 0; looks < mostLooks && (await findEntry(client, { ...at, path: "/" })) === undefined; looks++) {
    status("waiting until the server shows the files of the new disk");
    await client.pause(unaskedMs);
  }
}

/** The process checks for inactivity only every ten seconds. */
const unaskedMs = 21_000;
const mostLooks = 2;

/** The state defines the desired source; the instance records whether an interrupted run has already rebuilt it. */
export function needsRebuild(wire: WireInstance, olds: InstanceOutputs, news: InstanceInputs): boolean {
  const mark = wire.config?.[sourceKey];
  if (mark === rebuilding) return true;
  const image = imageOf(news.source, news.sourceVersion);
  if (image !== undefined && image === wire.config?.["volatile.base_image"]) return false;
  if (news.onImageChange !== "rebuild" || isUnchanged(olds, news)) return false;
  return image !== undefined || mark !== markOf(news.source, news.sourceVersion);
}

/** `ignore`: the source is the same, or the program specifies none. */
function isUnchanged(olds: InstanceOutputs, news: InstanceInputs): boolean {
  return sourceCost(olds, news) === "ignore";
}
