// Creates an image on the daemon.
import { deleteImage, findImage, type ImageAddress } from "../../../lxd/api/images";
import { isCode, LxdError } from "../../../base/errors";
import { type ReconcileContext } from "../../../kind/kind";
import { dropInheritedMetadata } from "./foreign-metadata";
import { send } from "./content";
import { type FoundImage, locate } from "../find";
import { type ImageInputs, type ImageOutputs } from "../inputs";
import { marksOf, publishedName } from "../owners";
import { publish } from "./publish";
import { pull } from "./pull";
import { relay } from "./relay";
import { identityOf, isContent, isPulled } from "../source";
import { type ImageSource, type InstanceSource, type SnapshotSource } from "../source-types";
import { isCacheOnly } from "../record/adoption";

type Context = ReconcileContext<ImageOutputs>;

/** Inputs of an image to create. */
type Making = ImageInputs & { source: ImageSource };

/** Returns the image: for most sources only the server's response contains the fingerprint. */
export async function create(context: Context, inputs: ImageInputs): Promise<{ object: FoundImage }> {
  const { client, urn } = context;
  const { source, project } = inputs;
  if (source === undefined)
    throw new LxdError({ code: "invalid-argument", why: "the program does not set its source", advice });
  const fingerprint = await make(context, { ...inputs, source });
  const image = (await findImage(client, { project, fingerprint }))?.value;
  if (image === undefined) throw new LxdError({ code: "failed", why: "the daemon created no image" });
  return { object: { image, project, urn } };
}

const advice = "Set `source` in the program.";

async function make(context: Context, inputs: Making): Promise<string> {
  const { source, project, fingerprint } = inputs;
  if (fingerprint !== undefined) await dropCached(context, { project, fingerprint });
  if (isContent(source)) return send(context, { inputs, source });
  if ("server" in source && source.relay === true) return relay(context, { inputs, source });
  if (!isPulled(source)) return publishAgain(context, { ...inputs, source });
  const properties = { ...inputs.properties, ...marksOf(context.urn, identityOf(source)) };
  return pull(context, { inputs, source, properties });
}

/** A cached image would expire: no daemon clears that flag when its record is updated. */
async function dropCached({ client }: Context, at: ImageAddress): Promise<void> {
  const found = await findImage(client, at);
  if (found !== undefined && isCacheOnly(found.value)) await deleteImage(client, at);
}

async function publishAgain(
  context: Context,
  inputs: ImageInputs & { source: InstanceSource | SnapshotSource },
): Promise<string> {
  const { client, urn } = context;
  const { source, project, properties } = inputs;
  const fileName = publishedName(urn, identityOf(source));
  try {
    const fingerprint = await publish(context, { inputs, source, properties, fileName });
    await dropInheritedMetadata(client, { project, fingerprint });
    return fingerprint;
  } catch (error) {
    // Without a response the image may exist.
    const left = isCode(error, "unavailable") ? await findLeft(context, inputs) : undefined;
    if (left === undefined) throw error;
    return left.image.fingerprint;
  }
}

/** The original error matters, whether or not the server can be queried now. */
function findLeft(context: Context, inputs: ImageInputs): Promise<FoundImage | undefined> {
  return locate(context, { ...inputs, fingerprint: undefined }).catch(() => undefined);
}
