// Creates an instance from a backup file, under a temporary name that identifies the owner until the owner key is set.
import { sha256 } from "../../../base/canonical";
import { restoreBackup } from "../../../lxd/api/instance/instance-backups";
import {
  deleteInstance,
  findInstance,
  type InstanceAddress,
  listInstanceNames,
  moveInstance,
  renameInstance,
} from "../../../lxd/api/instance/instances";
import { settleInstance } from "../../../lxd/api/operations";
import { openSource } from "../../../content/open-source";
import { isOnWeb, sourceContent, sourcePlace } from "../../../content/source-file";
import { withProgress } from "../../../content/progress";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { createDeadlineMs, markersOf, requireType, serverKeys } from "../markers";
import { retryWhileBusy } from "../../machine/busy";
import { createOrFind } from "./ambiguous-create";
import { otherMember } from "./relocation";
import { type InstanceInputs } from "../schema";
import { desiredConfig } from "../settings";
import { changeSettings, get, without } from "../../machine/settings";
import { backupPart, type BackupSource } from "../source";

type Inputs = InstanceInputs;

/**
 * The daemons accept no settings with a backup: the new instance has the backup's config, including the provider's keys
 * of the original instance. Until it gets its own keys, its name distinguishes it from other instances.
 */
export async function restore(context: Context, inputs: Inputs, source: BackupSource): Promise<void> {
  const { client, urn } = context;
  const at = { project: inputs.project, name: interimName(inputs, urn) };
  // An instance left by an interrupted run may be incomplete.
  await removeLeft(context, inputs.project, urn);
  await upload(context, { inputs, source, at });
  try {
    const { value } = await get(client, at);
    requireType(inputs.type, value, `the backup ${sourcePlace(source.backup).name}`);
    // Incus restores on the member that receives the request, even if another is specified.
    const target = await otherMember(client, value, inputs);
    const moving = { deadlineMs: createDeadlineMs, onProgress: context.status };
    if (target !== undefined) await moveInstance(client, at, { target, live: false }, moving);
    const info = await client.info();
    await changeSettings(context, at, (wire) => {
      const config = { ...serverKeys(wire.config), ...markersOf(inputs, urn, wire) };
      return desiredConfig({ ...wire, config }, inputs, { urn, info });
    });
    const look = { at: inputs, deadlineMs: createDeadlineMs, evidence: "instance" as const };
    await createOrFind(context, look, () => renameInstance(client, at, inputs.name));
  } catch (error) {
    await discard(context, at, error);
    throw error;
  }
}

/** Equivalent to an owner key: nothing else creates an instance of this name. Its suffix identifies the file. */
function interimName({ sourceVersion }: Inputs, urn: string): string {
  return `${interimPrefix(urn)}${digits(sourceVersion ?? "")}`;
}

function interimPrefix(urn: string): string {
  return `pulumi-${digits(urn)}-`;
}

function digits(text: string): string {
  return sha256(text).slice(0, 20);
}

/** Removes instances left by interrupted runs of this resource. */
async function removeLeft(context: Context, project: string, urn: string): Promise<void> {
  const { client } = context;
  const names = await listInstanceNames(client, project);
  for (const name of names.filter((each) => each.startsWith(interimPrefix(urn)))) {
    const at = { project, name };
    await settleInstance(client, at, createDeadlineMs);
    if ((await findInstance(client, at)) !== undefined) await remove(context, at);
  }
}

/** The backup's instance may have been protected; an incomplete one is not. */
async function remove(context: Context, at: InstanceAddress): Promise<void> {
  await changeSettings(context, at, ({ config }) => ({ config: without(config, "security.protection.delete") }));
  await retryWhileBusy(context, at, () => deleteInstance(context.client, at));
}

interface Upload {
  inputs: Inputs;
  source: BackupSource;
  at: InstanceAddress;
}

async function upload(context: Context, { inputs, source, at }: Upload): Promise<void> {
  const { client, status } = context;
  const content = await sourceContent(source.backup, context);
  if (content.digest !== inputs.sourceVersion) {
    const why = `${sourcePlace(source.backup).name} has changed since the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const opened = isOnWeb(source.backup) ? await openSource(content, backupPart(source)) : await content.open();
  opened.received.catch(() => undefined);
  const { stream, sizeBytes } = withProgress(opened, "uploading", status);
  const { rootDisk, target } = inputs;
  const deadlineMs = createDeadlineMs;
  await createOrFind(context, { at, deadlineMs, evidence: "operation" }, () =>
    restoreBackup(client, at, { stream, sizeBytes, pool: rootDisk?.pool, target, deadlineMs }),
  );
}

/** Removes an instance that cannot become this resource's. If the outcome is unknown, the next run decides. */
async function discard(context: Context, at: InstanceAddress, error: unknown): Promise<void> {
  if (isCode(error, "unavailable") || isCode(error, "timeout") || isCode(error, "cancelled")) return;
  // The original error matters more than a failed cleanup.
  await remove(context, at).catch(() => undefined);
}
