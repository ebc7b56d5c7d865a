// How a resource lets go of an image, which others may have as well.
import { deleteImage, findImage, type ImageSettings, type WireImage } from "../../api/images";
import { type Context } from "../../kind";
import { dropAlias } from "./aliases";
import { type ImageOutputs } from "./inputs";
import { claimOf, isUploadOf, ownersOf, withoutOwner } from "./owners";
import { changeRecord } from "./record";
import { isCopied } from "./sync";

/** What is known of an image that a resource has. */
export type Held = Pick<ImageOutputs, "project" | "fingerprint" | "aliases" | "copiedAliases" | "claim"> & {
  uploadedAt?: string | undefined;
};

/** Deletes the image, unless it is not this resource's any more or others have it as well. */
export async function release({ client, urn }: Pick<Context, "client" | "urn">, state: Held): Promise<void> {
  const found = (await findImage(client, state))?.value;
  if (found === undefined || !isMine(found, urn, state)) return;
  // Copied aliases are those of the image, not of one who has it.
  const own = isShared(found, urn) ? state.aliases.filter(({ name }) => !isCopied(state, name)) : [];
  for (const { name } of own) await dropAlias(client, state, name);
  const last = await changeRecord(client, state, (value) => withoutMe(value, urn, state));
  if (last !== undefined && isMine(last, urn, state) && !isShared(last, urn)) await deleteImage(client, state);
}

function withoutMe(value: WireImage, urn: string, state: Held): ImageSettings | undefined {
  if (!isMine(value, urn, state) || !isShared(value, urn)) return undefined;
  return { ...value, properties: withoutOwner(value.properties ?? {}, urn) };
}

function isShared(value: WireImage, urn: string): boolean {
  return ownersOf(value).some((owner) => owner !== urn);
}

function isMine(value: WireImage, urn: string, state: Held): boolean {
  const owners = ownersOf(value);
  // Whoever has edited the properties may have taken the owner away; the same upload is the same image all the same.
  if (owners.length === 0) return isUploadOf(value, urn) || value.uploaded_at === state.uploadedAt;
  return owners.includes(urn) && claimOf(value, urn) === state.claim;
}
