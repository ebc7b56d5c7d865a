// ISO volumes: made only by import, never changed but for the description, deleted when nothing uses them.
import {
  deleteVolume,
  describeVolume,
  findVolume,
  importIsoVolume,
  type VolumeAddress,
  type WireVolume,
} from "../api/volumes";
import { type Client, type Found } from "../client/client";
import { requireExtension } from "../client/server-info";
import { shown } from "../content/shown";
import { isCode, LxdError } from "../errors";
import { type Completion, type Context, type CreateContext, type Failure, type ResourceKind } from "../kind";
import { isUnknown } from "../unknowns";
import { checkPool, checkProject } from "./common";
import {
  complete,
  contentOf,
  isAutomatic,
  type IsoVolumeInputs,
  type IsoVolumeOutputs,
  policies,
  schema,
} from "./iso-volume-inputs";
import { releaseVolume } from "./volume-users";

type Inputs = IsoVolumeInputs;
type Outputs = IsoVolumeOutputs;

/** After the last byte the daemon still copies the whole image into the pool. */
const importDeadlineMs = 60 * 60_000;

export const isoVolume: ResourceKind<Inputs, Outputs> = {
  noun: "ISO volume",
  schema,
  policies,
  rules: () => [],
  complete,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function preflight(client: Client, { draft, replaced }: Completion<Inputs>): Promise<Failure[]> {
  requireExtension(await client.info(), "custom_volume_iso", "ISO volumes");
  const failures = [...(await checkProject(client, draft.project)), ...(await checkPool(client, draft.pool, "pool"))];
  const { project, pool, name, digest } = draft;
  if (failures.length > 0 || project === undefined || pool === undefined || name === undefined) return failures;
  if ([project, pool, name].some(isUnknown)) return failures;
  if (replaced?.name === name && replaced.pool === pool && replaced.project === project) return failures;
  const found = await findVolume(client, { project, pool, name });
  if (found === undefined || isOrphan(found.value, { name, digest: digest ?? "" })) return failures;
  return [{ property: "name", reason: taken(found.value, { project, pool, name }).message }];
}

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<{ id: string; outputs: Outputs }> {
  const { client } = context;
  const doing = `create ISO volume ${idOf(inputs)}`;
  const id = idOf(inputs);
  let found = await findVolume(client, inputs);
  if (found !== undefined && !isOrphan(found.value, inputs)) throw taken(found.value, inputs).during(doing);
  const sizeBytes = await send(context, inputs, found).catch((error: unknown) => {
    throw LxdError.from(error).during(doing);
  });
  found = await findVolume(client, inputs);
  if (found === undefined) throw new LxdError({ code: "failed", doing, why: "the daemon made no volume" });
  await requireWhole(client, inputs, found.value, sizeBytes);
  context.created(id, toOutputs(inputs, found.value));
  return { id, outputs: await sync(client, inputs) };
}

/** Uploads the content, unless a killed run has done so already. Returns how many bytes the volume must have. */
async function send(context: Context, inputs: Inputs, orphan: Found<WireVolume> | undefined): Promise<number> {
  const { client, status } = context;
  requireExtension(await client.info(), "custom_volume_iso", "ISO volumes");
  const content = await contentOf(inputs.source, status);
  if (content.digest !== inputs.digest) {
    const why = `${inputs.source.file} is not what it was in the preview: expected ${inputs.digest}, found ${content.digest}`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  if (orphan !== undefined && sizeOf(orphan.value) === content.sizeBytes) return content.sizeBytes;
  if (orphan !== undefined) throw taken(orphan.value, inputs);
  const opened = shown(await content.open(), "uploading", status);
  try {
    await importIsoVolume(client, inputs, { ...opened, deadlineMs: importDeadlineMs });
  } catch (error) {
    // With no answer the volume may be there all the same; if it is, the check of its size decides.
    if (!isCode(error, "unavailable") || (await findVolume(client, inputs)) === undefined) throw error;
  }
  return (await opened.received).sizeBytes;
}

/** A volume of another size than its content is useless, and would be in the way of the next attempt. */
async function requireWhole(client: Client, at: VolumeAddress, wire: WireVolume, sizeBytes: number): Promise<void> {
  if (sizeOf(wire) === sizeBytes) return;
  await deleteVolume(client, at);
  const why = `the volume has ${sizeOf(wire)} bytes instead of ${sizeBytes}, and was deleted again`;
  throw new LxdError({ code: "content-mismatch", doing: `create ISO volume ${idOf(at)}`, why });
}

async function read({ client }: Context, _id: string, state: Outputs): Promise<Outputs | undefined> {
  const found = await findVolume(client, state);
  return found === undefined ? undefined : toOutputs(state, found.value, state);
}

function update({ client }: Context, _id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  return sync(client, { ...news, name: olds.name });
}

/** Makes the description, the one thing that can change, what the program says, and reads the volume back. */
async function sync(client: Client, inputs: Inputs): Promise<Outputs> {
  const found = await findVolume(client, inputs);
  const doing = `update ISO volume ${idOf(inputs)}`;
  if (found === undefined) throw new LxdError({ code: "not-found", doing, why: "the volume is gone" });
  if (found.value.description === inputs.description) return toOutputs(inputs, found.value);
  await describeVolume(client, inputs, found, inputs.description).catch((error: unknown) => {
    throw LxdError.from(error).during(doing);
  });
  return toOutputs(inputs, { ...found.value, description: inputs.description });
}

async function remove({ client, urn }: Context, _id: string, state: Outputs): Promise<void> {
  try {
    await releaseVolume(client, state, urn);
    await deleteVolume(client, state);
  } catch (error) {
    if (isCode(error, "not-found")) return;
    throw LxdError.from(error).during(`delete ISO volume ${idOf(state)}`);
  }
}

/** The only road from the daemon to the state. */
function toOutputs(inputs: Inputs, wire: WireVolume, state?: Outputs): Outputs {
  const sizeBytes = sizeOf(wire);
  const isSame = state === undefined || (state.sizeBytes === sizeBytes && state.createdAt === wire.created_at);
  return {
    pool: inputs.pool,
    name: inputs.name,
    project: inputs.project,
    remote: inputs.remote,
    description: wire.description,
    source: inputs.source,
    allowAnyContent: inputs.allowAnyContent,
    // Another volume in this one's place: its content is not known, so it cannot be what the program wants.
    digest: isSame && wire.content_type === "iso" ? inputs.digest : "unknown: somebody has made this volume anew",
    sizeBytes,
    contentType: wire.content_type,
    location: wire.location,
    createdAt: wire.created_at,
  };
}

/** Evidence that a volume is what a killed run has left: a name that was made from the content. */
function isOrphan(wire: WireVolume, { name, digest }: Pick<Inputs, "name" | "digest">): boolean {
  const suffix = digest.slice(digest.indexOf(":") + 1).slice(0, 8);
  return wire.content_type === "iso" && isAutomatic(name, suffix);
}

function taken(wire: WireVolume, at: VolumeAddress): LxdError {
  const kind = wire.content_type === "iso" ? "an ISO volume" : `a volume of content type "${wire.content_type}"`;
  const why = `there is ${kind} of that name already, with ${sizeOf(wire)} bytes`;
  return new LxdError({ code: "already-exists", why, advice: `Choose another name, or delete ${idOf(at)} first.` });
}

function sizeOf(wire: WireVolume): number {
  return Number(wire.config?.["size"] ?? NaN);
}

function idOf({ project, pool, name }: VolumeAddress): string {
  return `${project}/${pool}/${name}`;
}
