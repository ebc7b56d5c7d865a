// Creates a volume: empty, as a copy of a volume or snapshot, or from a backup file.
import { createCopy, createVolume, importBackup, type VolumeSettings } from "../../lxd/api/storage/data-volumes";
import { findVolume, memberOf } from "../../lxd/api/storage/volumes";
import { fileContent } from "../../content/local-file/file";
import { type Context } from "../../kind/kind";
import { type CopySource, type StorageVolumeInputs } from "./inputs";

/** The duration of a copy depends on the size of the volume. */
export const copyDeadlineMs = 6 * 60 * 60_000;

export async function make(context: Context, inputs: StorageVolumeInputs, settings: VolumeSettings): Promise<void> {
  const { source, contentType = "filesystem" } = inputs;
  if (source === undefined) return createVolume(context.client, inputs, { ...settings, content_type: contentType });
  if ("volume" in source) return copy(context, { inputs, settings, source });
  const { stream, sizeBytes } = await (await fileContent(source.backup, { signal: context.signal })).open();
  context.status("sending the backup");
  await importBackup(context.client, inputs, { stream, sizeBytes, deadlineMs: copyDeadlineMs });
}

interface Copy {
  inputs: StorageVolumeInputs;
  settings: VolumeSettings;
  source: CopySource;
}

async function copy({ client, status }: Context, { inputs, settings, source }: Copy): Promise<void> {
  const { volume } = source;
  const original = { project: volume.project ?? inputs.project, pool: volume.pool, name: volume.name };
  const found = (await findVolume(client, original))?.value;
  const name = [volume.name, volume.snapshot].filter((part) => part !== undefined).join("/");
  const from = { ...original, name, target: found && memberOf(found) };
  // The request replaces the whole config, and a block device needs a size.
  const size = found?.config?.["size"];
  const config = { ...(size !== undefined && { size }), ...settings.config };
  await createCopy(client, inputs, { ...settings, config, from }, { deadlineMs: copyDeadlineMs, onProgress: status });
}
