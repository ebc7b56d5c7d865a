// Finds the image of a resource: by its identity, by its fingerprint, or by what an earlier run has left on it.
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
 * The servers write the record of an image when its last byte is in its place: a daemon that was killed before has none. So
 * an image that is there is whole.
 */
export interface FoundImage {
  image: WireImage;
  project: string;
  /** Whose image it is, or is to be. */
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

/** The image that a create may use. What only the daemon can make or fetch is made and fetched anew by each create. */
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
 * The same bytes that were deleted and uploaded again are another object; and several resources, of which each has a claim
 * of its own, can have one image.
 */
export function identity({ image, project, urn }: FoundImage): string {
  return written({ project, fingerprint: image.fingerprint, uploadedAt: image.uploaded_at, urn });
}

export function identityOfState(state: Outputs): string | undefined {
  // `.get` begins with a state that has nothing but what the program says.
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

/** Not as it is spelled: to the nanosecond, or without zeros at the end. */
function timeOf(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** Under which URN the state was written, which Pulumi's option `aliases` can change. */
export function formerUrn(state: object | undefined): string | undefined {
  return (state as { __urn?: string } | undefined)?.__urn;
}

/** Nobody's image that was located by its identity is that of the state: somebody has edited its properties. */
export function owner({ image, urn }: FoundImage): string | undefined {
  const owners = ownersOf(image);
  return owners.length === 0 || isOwnedBy(image, urn) ? urn : owners[0];
}
