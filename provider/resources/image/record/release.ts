// How a resource lets go of an image, which others may have as well.
import { deleteImage, findImage, type ImageSettings, listImages, type WireImage } from "../../../lxd/api/images";
import { type Context, type RemovalContext } from "../../../kind/kind";
import { dropAlias } from "../aliases/aliases";
import { type ImageOutputs } from "../inputs";
import { isUploadOf, markedImages, ownersOf, withoutOwner } from "../owners";
import { changeRecord } from "./record";
import { identityOf, isForeknown } from "../source";
import { isCopied } from "./reconcile";

/** What is known of an image that a resource has. */
export type Held = Pick<ImageOutputs, "project" | "fingerprint" | "aliases" | "copiedAliases"> &
  Partial<Pick<ImageOutputs, "uploadedAt" | "aliasPolicy">>;

/** Deletes the image, unless it is not this resource's any more or others have it as well. */
export async function release({ client, urn }: Pick<Context, "client" | "urn">, held: Held): Promise<void> {
  const found = (await findImage(client, held))?.value;
  if (found === undefined || !isMine(found, urn, held)) return;
  for (const name of isShared(found, urn) ? ownAliases(held) : []) await dropAlias(client, held, { name, urn });
  const last = await changeRecord(client, held, (value) => withoutMe(value, urn, held));
  if (last !== undefined && isMine(last, urn, held) && !isShared(last, urn)) await deleteImage(client, held);
}

/** Copied aliases are those of the image, not of one who has it; those that were adopted others may have as well. */
function ownAliases(held: Held): string[] {
  if (held.aliasPolicy === "adopt") return [];
  return held.aliases.map(({ name }) => name).filter((name) => !isCopied(held, name));
}

function withoutMe(value: WireImage, urn: string, held: Held): ImageSettings | undefined {
  if (!isMine(value, urn, held) || !isShared(value, urn)) return undefined;
  return { ...value, properties: withoutOwner(value.properties ?? {}, urn) };
}

function isShared(value: WireImage, urn: string): boolean {
  return ownersOf(value).some((owner) => owner !== urn);
}

function isMine(value: WireImage, urn: string, { uploadedAt }: Held): boolean {
  const owners = ownersOf(value);
  // Whoever has edited the properties may have taken the owner away; the same upload is the same image all the same.
  return owners.length === 0 ? isUploadOf(value, urn) || value.uploaded_at === uploadedAt : owners.includes(urn);
}

/**
 * A run that was killed may have brought an image of which no state tells. It goes with the resource; while that is only
 * replaced, it may as well be the image of another state.
 */
export async function releaseLeft(context: RemovalContext, state: ImageOutputs): Promise<void> {
  const { client, urn, isReplaced } = context;
  const { source, digest, project } = state;
  if (isReplaced || source === undefined || isForeknown(source, digest)) return;
  const made = markedImages(await listImages(client, project), urn, identityOf(source, digest));
  const held = made.map((image) => ({ project, ...image, aliases: [], uploadedAt: image.uploaded_at }));
  for (const each of held.filter(({ fingerprint }) => fingerprint !== state.fingerprint)) await release(context, each);
}
