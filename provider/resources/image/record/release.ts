// Releases a resource's claim on an image, which other owners may share.
import { deleteImage, findImage, type ImageSettings, listImages, type WireImage } from "../../../lxd/api/images";
import { type Context, type RemovalContext } from "../../../kind/kind";
import { dropAlias } from "../aliases/aliases";
import { type ImageOutputs } from "../inputs";
import { isUploadOf, markedImages, ownersOf, withoutOwner } from "../owners";
import { changeRecord } from "./record";
import { withoutSettings } from "./shared-settings";
import { identityOf, isForeknown } from "../source";
import { isCopied } from "./reconcile";

/** What is known about an image that a resource owns. */
export type Held = Pick<ImageOutputs, "project" | "fingerprint" | "aliases" | "copiedAliases"> &
  Partial<Pick<ImageOutputs, "uploadedAt" | "aliasPolicy">>;

/** Deletes the image, unless it no longer belongs to this resource or has other owners. */
export async function release({ client, urn }: Pick<Context, "client" | "urn">, held: Held): Promise<void> {
  const found = (await findImage(client, held))?.value;
  if (found === undefined || !isMine(found, urn, held)) return;
  for (const name of isShared(found, urn) ? ownAliases(held) : []) await dropAlias(client, held, { name, urn });
  const last = await changeRecord(client, held, (value) => withoutMe(value, urn, held));
  if (last !== undefined && isMine(last, urn, held) && !isShared(last, urn)) await deleteImage(client, held);
}

/** Copied aliases belong to the image rather than to one of its owners; adopted ones may have other owners. */
function ownAliases(held: Held): string[] {
  if (held.aliasPolicy === "adopt") return [];
  return held.aliases.map(({ name }) => name).filter((name) => !isCopied(held, name));
}

function withoutMe(value: WireImage, urn: string, held: Held): ImageSettings | undefined {
  if (!isMine(value, urn, held) || !isShared(value, urn)) return undefined;
  return { ...value, properties: withoutOwner(withoutSettings(value, urn), urn) };
}

function isShared(value: WireImage, urn: string): boolean {
  return ownersOf(value).some((owner) => owner !== urn);
}

function isMine(value: WireImage, urn: string, { uploadedAt }: Held): boolean {
  const owners = ownersOf(value);
  // The owner key may have been removed by hand; the same upload is still the same image.
  return owners.length === 0 ? isUploadOf(value, urn) || value.uploaded_at === uploadedAt : owners.includes(urn);
}

/**
 * An interrupted run may have left an image that is in no state. It is deleted with the resource; during a replacement
 * it may belong to another state.
 */
export async function releaseLeft(context: RemovalContext, state: ImageOutputs): Promise<void> {
  const { client, urn, isReplaced } = context;
  const { source, digest, project } = state;
  if (isReplaced || source === undefined || isForeknown(source, digest)) return;
  const made = markedImages(await listImages(client, project), urn, identityOf(source, digest));
  const held = made.map((image) => ({ project, ...image, aliases: [], uploadedAt: image.uploaded_at }));
  for (const each of held.filter(({ fingerprint }) => fingerprint !== state.fingerprint)) await release(context, each);
}
