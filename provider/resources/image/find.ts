// Finds the image of a resource: by identity, by fingerprint, or by the source mark of an earlier run.
import { findImage, listImages, type WireImage } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import { type Context } from "../../kind/kind";
import { findByName } from "./id";
import { type ImageInputs, type ImageOutputs } from "./inputs";
import { isOwnedBy, leftImages, markedImages, ownersOf, shortHash } from "./owners";
import { identityOf, isPublished, isPulled } from "./source";
import { isCacheOnly } from "./record/adoption";
import { findUpdated } from "./updates";

/**
 * The servers write the record of an image once its last byte is in place, so a daemon killed before that has none. An
 * image that exists is therefore complete.
 */
export interface FoundImage {
  image: WireImage;
  project: string;
  /** The current or intended owner. */
  urn: string;
}

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

export async function locate({ client, urn }: Context, at: Inputs, identity?: string): Promise<FoundImage | undefined> {
  const image = identity === undefined ? await atPlace(client, at, urn) : await byIdentity(client, at, identity);
  return image && { image, project: at.project, urn };
}

async function byIdentity(client: Client, at: Inputs, identity: string): Promise<WireImage | undefined> {
  const [project = "", fingerprint = "", uploaded] = identity.split(" ");
  const found = (await findImage(client, { project, fingerprint }))?.value;
  if (found !== undefined) return timeOf(found.uploaded_at) === uploaded ? found : undefined;
  return (await findUpdated(client, at))?.value;
}

/** The image that a create may reuse. Images that only the daemon can create or fetch are created by each create. */
async function atPlace(client: Client, at: Inputs, urn: string): Promise<WireImage | undefined> {
  const { project, source, fingerprint, digest } = at;
  if (fingerprint !== undefined) {
    const found = await findByName(client, { project, name: fingerprint });
    return found !== undefined && source !== undefined && isCacheOnly(found) ? undefined : found;
  }
  if (source === undefined || isPulled(source)) return undefined;
  const made = isPublished(source) ? leftImages : markedImages;
  return made(await listImages(client, project), urn, identityOf(source, digest)).at(-1);
}

/**
 * The same content, deleted and uploaded again, is a different object. Several resources, each with its own owner key,
 * can share one image.
 */
export function identity({ image, project, urn }: FoundImage): string {
  return written({ project, fingerprint: image.fingerprint, uploadedAt: image.uploaded_at, urn });
}

export function identityOfState(state: Outputs): string | undefined {
  // `.get` starts from a state that has only the inputs.
  const { project, fingerprint, uploadedAt } = state as Partial<Outputs>;
  if (project === undefined || fingerprint === undefined || uploadedAt === undefined) return undefined;
  return written({ project, fingerprint, uploadedAt, urn: formerUrn(state) ?? "" });
}

function written({
  project,
  fingerprint,
  uploadedAt,
  urn,
}: Record<"project" | "fingerprint" | "uploadedAt" | "urn", string>): string {
  return [project, fingerprint, timeOf(uploadedAt), shortHash(urn)].join(" ");
}

/** Normalized, since servers differ in nanoseconds and trailing zeros. */
function timeOf(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** The URN under which the state was written; Pulumi's `aliases` option can change it. */
export function formerUrn(state: object | undefined): string | undefined {
  return (state as { __urn?: string } | undefined)?.__urn;
}

/** An image without owners that was found by its identity belongs to the state: its properties were edited by hand. */
export function owner({ image, urn }: FoundImage): string | undefined {
  const owners = ownersOf(image);
  return owners.length === 0 || isOwnedBy(image, urn) ? urn : owners[0];
}
