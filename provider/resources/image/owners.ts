// Owners of an image: content is the same for everyone, so one image can belong to several resources.
import { sha256 } from "../../base/canonical";
import { type WireImage } from "../../lxd/api/images";
import { ownerKey } from "../shared/ownership";

type Owned = Pick<WireImage, "properties">;
type Properties = Record<string, string>;

/** The URNs of the resources that own an image; empty for an image that the provider did not create. */
export function ownersOf({ properties }: Owned): string[] {
  return Object.entries(properties ?? {})
    .filter(([key]) => isOwnerKey(key))
    .map(([, urn]) => urn);
}

export function isOwnedBy(image: Owned, urn: string): boolean {
  return ownersOf(image).includes(urn);
}

/**
 * An upload cannot set properties. Until they are set, or if they were removed by hand, the file name, which cannot be
 * changed, identifies the owner of the upload.
 */
export function isUploadOf(image: Owned & { filename: string }, urn: string): boolean {
  return isUpload(image) && image.filename.startsWith(uploadName(urn, ""));
}

/** Whether some stack uploaded or published the image and has not set its owner key yet. */
export function isUpload(image: Owned & { filename: string }): boolean {
  return ownersOf(image).length === 0 && ofUpload.test(image.filename);
}

export function uploadName(urn: string, fileName: string): string {
  return `${sha256(urn).slice(0, 16)}-${fileName}`;
}

/**
 * The file name of an image published from an instance. The daemons write properties into the image itself, so images
 * of its instances would inherit the owner key. Therefore the name identifies the owner until the image exists.
 */
export function publishedName(urn: string, identity: object): string {
  return uploadName(urn, sha256(JSON.stringify(identity)).slice(0, 16));
}

/** The file name of a relayed image: as with pulls, the content alone does not identify an owner. */
export function relayName(fingerprint: string): string {
  return `${relayPrefix}${fingerprint.slice(0, 12)}`;
}

/** Whether the name shows that some stack created the image but could not set its owner key yet. */
export function isFromAnyStack({ filename }: { filename: string }): boolean {
  return filename.startsWith(relayPrefix) || ofUpload.test(filename);
}

const ofUpload = /^[0-9a-f]{16}-/;

const relayPrefix = "relayed-by-pulumi-";

export function withOwner(properties: Properties, urn: string): Properties {
  if (isOwnedBy({ properties }, urn)) return properties;
  return { ...properties, [ownerKey in properties ? `${ownerKey}.${shortHash(urn)}` : ownerKey]: urn };
}

export function withoutOwner(properties: Properties, urn: string | undefined): Properties {
  const own = urn === undefined ? [] : [markKey(urn), claimKey(urn), aliasesKey(urn), settingsKey(urn)];
  const isOf = ([key, value]: [string, string]): boolean => own.includes(key) || (isOwnerKey(key) && value === urn);
  return Object.fromEntries(Object.entries(properties).filter((entry) => !isOf(entry)));
}

/**
 * The keys of an image whose fingerprint is not known before creation; a later preview, or the run after an interrupted
 * one, finds the image by them. The key names are specific to the resource: a pull merges them into an existing image
 * and must not overwrite those of another resource.
 */
export function marksOf(urn: string, identity: object): Properties {
  return { [`${ownerKey}.${shortHash(urn)}`]: urn, ...sourceMark(urn, identity) };
}

/** The key that records the image's source. */
export function sourceMark(urn: string, identity: object): Properties {
  return { [markKey(urn)]: sha256(JSON.stringify(identity)) };
}

/** The images that a resource created from a source, oldest first. */
export function markedImages<Image extends Made>(images: Image[], urn: string, identity: object): Image[] {
  const mark = sha256(JSON.stringify(identity));
  const isMarked = (image: Image): boolean => isOwnedBy(image, urn) && image.properties?.[markKey(urn)] === mark;
  return images.filter((image) => isMarked(image) || isLeft(image, urn, identity)).sort(byAge);
}

/** The images whose creating run was interrupted, oldest first. */
export function leftImages<Image extends Made>(images: Image[], urn: string, identity: object): Image[] {
  return images.filter((image) => isLeft(image, urn, identity)).sort(byAge);
}

type Made = Owned & { uploaded_at: string; filename: string };

function isLeft(image: Made, urn: string, identity: object): boolean {
  const isFree = ownersOf(image).length === 0 || isOwnedBy(image, urn);
  return isFree && image.filename === publishedName(urn, identity) && image.properties?.[markKey(urn)] === undefined;
}

function byAge(one: Made, other: Made): number {
  return Date.parse(one.uploaded_at) - Date.parse(other.uploaded_at);
}

/** Earlier releases used this property to distinguish two states of one image. */
function claimKey(urn: string): string {
  return `user.pulumi.claim.${shortHash(urn)}`;
}

function markKey(urn: string): string {
  return `user.pulumi.source.${shortHash(urn)}`;
}

/** The aliases that the resource created, see `alias-lists.ts`. */
export function aliasesKey(urn: string): string {
  return `user.pulumi.aliases.${shortHash(urn)}`;
}

/** What the resource sets, see `record/shared-settings.ts`. */
export function settingsKey(urn: string): string {
  return `user.pulumi.settings.${shortHash(urn)}`;
}

function isOwnerKey(key: string): boolean {
  return key === ownerKey || key.startsWith(`${ownerKey}.`);
}

/** A short identifier of a resource. */
export function shortHash(urn: string): string {
  return sha256(urn).slice(0, 8);
}
