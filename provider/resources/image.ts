// Images: uploaded once, known by their fingerprint; aliases, properties and visibility change in place.
import { findImage, type ImageAddress, uploadImage, type WireImage } from "../api/images";
import { type Client } from "../client/client";
import { shown } from "../content/shown";
import { isCode, LxdError } from "../errors";
import {
  type Completion,
  type Context,
  type CreateContext,
  type Draft,
  type Failure,
  type ResourceKind,
} from "../kind";
import { hasUnknown } from "../unknowns";
import { checkProject } from "./common";
import { takenAliases } from "./image-aliases";
import { complete, contentOf, type ImageInputs, type ImageOutputs, policies, rules, schema } from "./image-inputs";
import { isOwnedBy, mayShare } from "./image-owners";
import { release, sync, toOutputs } from "./image-sync";
import { ownerKey } from "./ownership";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

/** After the last byte the daemon still unpacks the metadata and moves the image into place. */
const uploadDeadlineMs = 60 * 60_000;

export const image: ResourceKind<Inputs, Outputs> = {
  noun: "image",
  schema,
  policies,
  rules,
  complete,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function preflight(client: Client, { draft, urn, replaced }: Completion<Inputs>): Promise<Failure[]> {
  const failures = await checkProject(client, draft.project);
  const { project, fingerprint, aliases } = draft;
  if (failures.length > 0 || project === undefined || fingerprint === undefined) return failures;
  const at = { project, fingerprint };
  if (hasUnknown(project)) return failures;
  if (Array.isArray(aliases)) failures.push(...(await takenAliases(client, at, aliases, { urn, replaced })));
  const found = hasUnknown(fingerprint) ? undefined : await findImage(client, at);
  if (found === undefined || isOurs(found.value, urn)) return failures;
  return [...failures, { property: "source.file", reason: taken(at).message }];
}

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<{ id: string; outputs: Outputs }> {
  const { client, urn, replaced } = context;
  const doing = `create image ${idOf(inputs)}`;
  const id = idOf(inputs);
  try {
    const existing = await findImage(client, inputs);
    if (existing !== undefined && isSameImage(replaced, inputs)) throw replacedByItself();
    if (existing !== undefined && !isOurs(existing.value, urn)) throw taken(inputs);
    if (existing === undefined) await send(context, inputs);
    const found = await findImage(client, inputs);
    if (found === undefined) throw new LxdError({ code: "failed", why: "the daemon made no image" });
    context.created(id, toOutputs(inputs, found.value));
    const olds = { aliases: [], properties: {}, former: replaced };
    return { id, outputs: await sync(context, olds, inputs) };
  } catch (error) {
    throw LxdError.from(error).during(doing);
  }
}

async function send({ client, status, urn }: Context, inputs: Inputs): Promise<void> {
  const content = await contentOf(inputs.source, status);
  if (content.digest !== `sha256:${inputs.fingerprint}`) {
    const why = `${inputs.source.file} is not what it was in the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const opened = shown(await content.open(), "uploading", status);
  try {
    await uploadImage(client, inputs, {
      ...opened,
      fileName: content.fileName,
      public: inputs.public,
      properties: { ...inputs.properties, [ownerKey]: urn },
      deadlineMs: uploadDeadlineMs,
    });
  } catch (error) {
    // With no answer the image may be there all the same: the daemon checks the fingerprint itself.
    if (!isCode(error, "unavailable") || (await findImage(client, inputs)) === undefined) throw error;
  }
}

async function read({ client }: Context, _id: string, state: Outputs): Promise<Outputs | undefined> {
  const found = await findImage(client, state);
  return found === undefined ? undefined : toOutputs(state, found.value);
}

async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  try {
    return await sync(context, { ...olds, urn: (olds as Bookkeeping).__urn }, news);
  } catch (error) {
    throw LxdError.from(error).during(`update image ${id}`);
  }
}

interface Bookkeeping {
  __urn?: string;
}

async function remove(context: Context, id: string, state: Outputs): Promise<void> {
  try {
    await release(context, state);
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete image ${id}`);
  }
}

/** Left by a killed run of this resource, or made by another of this stack: `up` must not fail on either. */
function isOurs(found: WireImage, urn: string): boolean {
  return isOwnedBy(found, urn) || mayShare(found, urn);
}

function isSameImage(one: Draft<ImageAddress> | undefined, other: ImageAddress): boolean {
  return one?.fingerprint === other.fingerprint && one.project === other.project;
}

function taken(at: ImageAddress): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the daemon has an image with this content already (${at.fingerprint.slice(0, 12)}), which is not this stack's`,
    advice: "Use that image, or delete it first.",
  });
}

function replacedByItself(): LxdError {
  const why = "an image is known by its content, so it cannot stand beside itself while it is replaced";
  return new LxdError({ code: "already-exists", why, advice: "Set the resource option deleteBeforeReplace: true." });
}

function idOf({ project, fingerprint }: ImageAddress): string {
  return `${project}/${fingerprint}`;
}
