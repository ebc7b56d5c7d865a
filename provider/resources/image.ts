// Images: uploaded once, known by their fingerprint; aliases, properties and visibility change in place.
import { deleteImage, findImage, type ImageAddress, updateImage, uploadImage, type WireImage } from "../api/images";
import { type Client, type Found } from "../client/client";
import { shown } from "../content/shown";
import { isCode, LxdError } from "../errors";
import { type Completion, type Context, type CreateContext, type Failure, type ResourceKind } from "../kind";
import { hasUnknown } from "../unknowns";
import { checkProject } from "./common";
import { dropAlias, ensureAlias, takenAliases } from "./image-aliases";
import { complete, contentOf, type ImageInputs, type ImageOutputs, policies, rules, schema } from "./image-inputs";
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

async function preflight(client: Client, { draft, urn }: Completion<Inputs>): Promise<Failure[]> {
  const failures = await checkProject(client, draft.project);
  const { project, fingerprint, aliases } = draft;
  if (failures.length > 0 || project === undefined || fingerprint === undefined) return failures;
  const at = { project, fingerprint };
  if (hasUnknown(project)) return failures;
  if (Array.isArray(aliases)) failures.push(...(await takenAliases(client, at, aliases, urn)));
  const found = hasUnknown(fingerprint) ? undefined : await findImage(client, at);
  if (found === undefined || isOwn(found, urn)) return failures;
  return [...failures, { property: "source.file", reason: taken(at).message }];
}

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<{ id: string; outputs: Outputs }> {
  const { client, urn, replaced } = context;
  const doing = `create image ${idOf(inputs)}`;
  const id = idOf(inputs);
  try {
    const existing = await findImage(client, inputs);
    if (existing !== undefined && replaced?.fingerprint === inputs.fingerprint) throw replacedByItself();
    if (existing !== undefined && !isOwn(existing, urn)) throw taken(inputs);
    if (existing === undefined) await send(context, inputs);
    const found = await findImage(client, inputs);
    if (found === undefined) throw new LxdError({ code: "failed", why: "the daemon made no image" });
    context.created(id, toOutputs(inputs, found.value));
    return { id, outputs: await sync(context, { ...inputs, aliases: [], properties: {} }, inputs) };
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
    return await sync(context, olds, news);
  } catch (error) {
    throw LxdError.from(error).during(`update image ${id}`);
  }
}

/** Makes properties, visibility and aliases what the program says; those that it never spoke of are left alone. */
async function sync({ client, urn }: Context, olds: Inputs, news: Inputs): Promise<Outputs> {
  const found = await findImage(client, news);
  if (found === undefined) throw new LxdError({ code: "not-found", why: "the image is gone", advice: refresh });
  const { value, etag } = found;
  const dropped = Object.keys(olds.properties).filter((key) => !(key in news.properties));
  const kept = Object.entries(value.properties ?? {}).filter(([key]) => !dropped.includes(key));
  const properties = { ...Object.fromEntries(kept), ...news.properties, [ownerKey]: urn };
  if (value.public !== news.public || !sameMap(properties, value.properties ?? {})) {
    const { auto_update, profiles, expires_at } = value;
    await updateImage(client, news, { public: news.public, properties, auto_update, profiles, expires_at }, etag);
  }
  for (const alias of news.aliases) await ensureAlias(client, news, alias, urn);
  const wanted = news.aliases.map((alias) => alias.name);
  for (const { name } of olds.aliases) if (!wanted.includes(name)) await dropAlias(client, news, name);
  return toOutputs(news, (await findImage(client, news))?.value ?? value);
}

async function remove({ client }: Context, id: string, state: Outputs): Promise<void> {
  try {
    await deleteImage(client, state);
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete image ${id}`);
  }
}

/** The only road from the daemon to the state: of aliases and properties, those that the program speaks of. */
function toOutputs(inputs: Inputs, wire: WireImage): Outputs {
  const properties = Object.entries(wire.properties ?? {}).filter(([key]) => key in inputs.properties);
  const onImage = new Map((wire.aliases ?? []).map((alias) => [alias.name, alias]));
  return {
    source: inputs.source,
    fingerprint: wire.fingerprint,
    aliases: inputs.aliases.flatMap(({ name }) => onImage.get(name) ?? []),
    properties: Object.fromEntries(properties),
    public: wire.public,
    project: inputs.project,
    remote: inputs.remote,
    type: wire.type,
    architecture: wire.architecture,
    sizeBytes: wire.size,
  };
}

const refresh = "Run `pulumi refresh`, then `pulumi up` makes it again.";

function isOwn(found: Found<WireImage>, urn: string): boolean {
  return found.value.properties?.[ownerKey] === urn;
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

function sameMap(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function idOf({ project, fingerprint }: ImageAddress): string {
  return `${project}/${fingerprint}`;
}
