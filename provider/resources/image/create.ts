// Brings an image to the daemon, or takes over the one that is there.
import { randomUUID } from "node:crypto";
import { deleteImage, findImage, listImages } from "../../api/images";
import { inspectDisk } from "../../content/disk-image/disk-image";
import { reader } from "../../content/shown";
import { LxdError } from "../../errors";
import { type Context, type CreateContext, type Made } from "../../kind";
import { type Brought, diskOf, send } from "./content";
import { idOf } from "./id";
import { takeOver } from "./import";
import { type ImageInputs, type ImageOutputs } from "./inputs";
import { markedImages, marksOf, publishedName } from "./owners";
import { publish } from "./publish";
import { pull } from "./pull";
import { relay } from "./relay";
import { identityOf, isContent, isPulled, placeOf } from "./source";
import { type DiskSource, type ImageSource } from "./source-types";
import { sync, toOutputs } from "./sync";
import { isCacheOnly, mayTake, taken } from "./take-over";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

/** Inputs of an image that is to be made. */
type Making = Inputs & { source: ImageSource };

export async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
  const { importId } = context;
  const { source } = inputs;
  try {
    if (importId !== undefined) return await takeOver(context, inputs);
    if (source === undefined) throw new LxdError({ code: "invalid-argument", why: "it is not said from what" });
    return await bring(context, { ...inputs, source });
  } catch (error) {
    const doing = importId === undefined ? "create" : "import";
    const place = inputs.fingerprint ?? (source === undefined ? "" : placeOf(source));
    throw LxdError.from(error).during(`${doing} image ${inputs.project}/${place}`);
  }
}

async function bring(context: CreateContext<Outputs>, inputs: Making): Promise<Made<Outputs>> {
  const { client, replaced } = context;
  const existing = await findExisting(context, inputs);
  const { fingerprint, isNew } =
    existing === undefined ? await make(context, inputs) : { fingerprint: existing, isNew: false };
  const made = { ...inputs, fingerprint };
  const found = await findImage(client, made);
  if (found === undefined) throw new LxdError({ code: "failed", why: "the daemon made no image" });
  const id = idOf(made);
  const claim = replaced === undefined ? undefined : randomUUID();
  context.created(id, { ...toOutputs(made, found.value, context.urn), claim });
  const marks = inputs.fingerprint === undefined ? marksOf(context.urn, identityOf(inputs.source, inputs.digest)) : {};
  return { id, outputs: await sync(context, { aliases: [], properties: {}, replaced, claim, marks, isNew }, made) };
}

/** The image that is there already, if this resource may have it. */
async function findExisting(context: CreateContext<Outputs>, inputs: Making): Promise<string | undefined> {
  const { client, urn } = context;
  const { source, project, fingerprint, adopt } = inputs;
  if (fingerprint === undefined) return findOrphan(context, inputs);
  const at = { project, fingerprint };
  const found = (await findImage(client, at))?.value;
  if (found === undefined) return undefined;
  if (!mayTake(found, { urn, adopt, isPulled: isPulled(source) })) throw taken(fingerprint);
  if (!isCacheOnly(found)) return fingerprint;
  // As it is, it would expire: no daemon lets go of that by a change of its record.
  await deleteImage(client, at);
  return undefined;
}

/** What a killed run has left. In a replacement the oldest image of the same source is the one that is replaced. */
async function findOrphan(
  { client, urn, replaced }: CreateContext<Outputs>,
  inputs: Making,
): Promise<string | undefined> {
  const marked = markedImages(await listImages(client, inputs.project), urn, identityOf(inputs.source, inputs.digest));
  return marked[replaced === undefined ? 0 : 1]?.fingerprint;
}

/** Brings the image to the daemon. */
async function make(context: Context, inputs: Making): Promise<Brought> {
  const { source } = inputs;
  if ("disk" in source) await requireSameDisk(inputs, source, context);
  if (isContent(source)) return send(context, { inputs, source });
  const identity = identityOf(source);
  if ("server" in source && source.relay === true) {
    return { fingerprint: await relay(context, { inputs, source }), isNew: false };
  }
  if (isPulled(source)) {
    const properties = { ...inputs.properties, ...marksOf(context.urn, identity) };
    // Others may have pulled it at the same time.
    return { fingerprint: await pull(context, { inputs, source, properties }), isNew: false };
  }
  const fileName = publishedName(context.urn, identity);
  return {
    fingerprint: await publish(context, { inputs, source, properties: inputs.properties, fileName }),
    isNew: true,
  };
}

async function requireSameDisk(inputs: Making, source: DiskSource, context: Context): Promise<void> {
  const digest = await inspectDisk(diskOf(source), reader(context, `hashing ${source.disk}`));
  if (digest === inputs.digest) return;
  const why = `${source.disk} is not what it was in the preview`;
  throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
}
