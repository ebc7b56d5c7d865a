// Makes an instance from a backup file, under a name that says whose it will be until it carries the owner key.
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
import { fileContent } from "../../../content/local-file/file";
import { reader, withProgress } from "../../../content/progress";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { createDeadlineMs, markersOf, requireType, serverKeys } from "../markers";
import { retryWhileBusy } from "../../machine/busy";
import { createOrFind } from "./ambiguous-create";
import { otherMember } from "./relocation";
import { type InstanceInputs } from "../schema";
import { desiredConfig } from "../settings";
import { changeSettings, get, without } from "../../machine/settings";
import { type BackupSource } from "../source";

type Inputs = InstanceInputs;

/**
 * The daemons take no settings with a backup: what they make has its config, with the bookkeeping of whatever machine
 * that was. So until it has its own, its name tells it apart from everything that others have made.
 */
export async function restore(context: Context, inputs: Inputs, source: BackupSource): Promise<void> {
  const { client, urn } = context;
  const at = { project: inputs.project, name: interimName(inputs, urn) };
  // Whether all of what a broken run has left is there, nobody knows.
  await removeLeft(context, inputs.project, urn);
  await upload(context, { inputs, source, at });
  try {
    const { value } = await get(client, at);
    requireType(inputs.type, value, `the backup ${source.backup}`);
    // Incus restores on the member that it is sent to, whatever is asked for.
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

/** As good as an owner key: nobody else makes a machine of this name. Its end says of which file. */
function interimName({ sourceVersion }: Inputs, urn: string): string {
  return `${interimPrefix(urn)}${digits(sourceVersion ?? "")}`;
}

function interimPrefix(urn: string): string {
  return `pulumi-${digits(urn)}-`;
}

function digits(text: string): string {
  return sha256(text).slice(0, 20);
}

/** What broken runs have made for this resource. */
async function removeLeft(context: Context, project: string, urn: string): Promise<void> {
  const { client } = context;
  const names = await listInstanceNames(client, project);
  for (const name of names.filter((each) => each.startsWith(interimPrefix(urn)))) {
    const at = { project, name };
    await settleInstance(client, at, createDeadlineMs);
    if ((await findInstance(client, at)) !== undefined) await remove(context, at);
  }
}

/** The backup may be one of a machine that is protected; what was never finished is not. */
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
  const content = await fileContent(source.backup, reader(context, `hashing ${source.backup}`));
  if (content.digest !== inputs.sourceVersion) {
    const why = `${source.backup} has changed since the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const opened = await content.open();
  opened.received.catch(() => undefined);
  const { stream, sizeBytes } = withProgress(opened, "uploading", status);
  const { rootDisk, target } = inputs;
  const deadlineMs = createDeadlineMs;
  await createOrFind(context, { at, deadlineMs, evidence: "operation" }, () =>
    restoreBackup(client, at, { stream, sizeBytes, pool: rootDisk?.pool, target, deadlineMs }),
  );
}

/** What cannot become this machine is taken away again; what nobody has heard the end of, the next run looks at. */
async function discard(context: Context, at: InstanceAddress, error: unknown): Promise<void> {
  if (isCode(error, "unavailable") || isCode(error, "timeout") || isCode(error, "cancelled")) return;
  // Why it failed matters more than that its remains could not be removed.
  await remove(context, at).catch(() => undefined);
}
