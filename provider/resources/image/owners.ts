// Whose an image is: content is the same for everybody, so one image can belong to several resources.
import { sha256 } from "../../base/canonical";
import { type WireImage } from "../../lxd/api/images";
import { ownerKey } from "../shared/ownership";

type Owned = Pick<WireImage, "properties">;
type Properties = Record<string, string>;

/** The URNs of the resources that an image belongs to; none for an image that somebody else has made. */
export function ownersOf({ properties }: Owned): string[] {
  return Object.entries(properties ?? {})
    .filter(([key]) => isOwnerKey(key))
    .map(([, urn]) => urn);
}

export function isOwnedBy(image: Owned, urn: string): boolean {
  return ownersOf(image).includes(urn);
}

/**
 * Properties cannot come with an upload. Until they are there, or when somebody has taken them away, the name that the
 * file was given tells whose upload it is; nobody can change that.
 */
export function isUploadOf(image: Owned & { filename: string }, urn: string): boolean {
  return ownersOf(image).length === 0 && image.filename.startsWith(uploadName(urn, ""));
}

export function uploadName(urn: string, fileName: string): string {
  return `${sha256(urn).slice(0, 16)}-${fileName}`;
}

/**
 * The name of what is made of an instance. The daemons write properties into the image itself, where they would make
 * every later image of its instances this resource's own; so until the image is there, its name tells whose it is.
 */
export function publishedName(urn: string, identity: object): string {
  return uploadName(urn, sha256(JSON.stringify(identity)).slice(0, 16));
}

/** What relayed images are called: as with pulls, their bytes alone give nobody a claim to them. */
export function relayName(fingerprint: string): string {
  return `${relayPrefix}${fingerprint.slice(0, 12)}`;
}

/** Whether the name says that some stack has brought the image, which has not been able yet to claim it. */
export function isFromAnyStack({ filename }: { filename: string }): boolean {
  return filename.startsWith(relayPrefix) || /^[0-9a-f]{16}-/.test(filename);
}

const relayPrefix = "relayed-by-pulumi-";

export function withOwner(properties: Properties, urn: string): Properties {
  if (isOwnedBy({ properties }, urn)) return properties;
  return { ...properties, [ownerKey in properties ? `${ownerKey}.${shortHash(urn)}` : ownerKey]: urn };
}

export function withoutOwner(properties: Properties, urn: string | undefined): Properties {
  const own = urn === undefined ? [] : [markKey(urn), claimKey(urn), aliasesKey(urn)];
  const isOf = ([key, value]: [string, string]): boolean => own.includes(key) || (isOwnerKey(key) && value === urn);
  return Object.fromEntries(Object.entries(properties).filter((entry) => !isOf(entry)));
}

/**
 * What a resource puts on an image whose fingerprint cannot be known before it is made: by it a later preview, or the
 * run after a killed one, finds the image again. Both keys are the resource's own: a pull merges them into an image
 * that is there already, and must not overwrite those of another resource.
 */
export function marksOf(urn: string, identity: object): Properties {
  return { [`${ownerKey}.${shortHash(urn)}`]: urn, ...sourceMark(urn, identity) };
}

/** What an image was made from. */
export function sourceMark(urn: string, identity: object): Properties {
  return { [markKey(urn)]: sha256(JSON.stringify(identity)) };
}

/** The images that a resource has made from a source, the oldest first. */
export function markedImages<Image extends Made>(images: Image[], urn: string, identity: object): Image[] {
  const mark = sha256(JSON.stringify(identity));
  const isMarked = (image: Image): boolean => isOwnedBy(image, urn) && image.properties?.[markKey(urn)] === mark;
  return images.filter((image) => isMarked(image) || isLeft(image, urn, identity)).sort(byAge);
}

/** Those of which the run that made them did not come to the end, the oldest first. */
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

/** Earlier releases told two states of one image apart by this property. */
function claimKey(urn: string): string {
  return `user.pulumi.claim.${shortHash(urn)}`;
}

function markKey(urn: string): string {
  return `user.pulumi.source.${shortHash(urn)}`;
}

/** Which of the image's aliases the resource has made, see `alias-lists.ts`. */
export function aliasesKey(urn: string): string {
  return `user.pulumi.aliases.${shortHash(urn)}`;
}

function isOwnerKey(key: string): boolean {
  return key === ownerKey || key.startsWith(`${ownerKey}.`);
}

/** A resource in few letters. */
export function shortHash(urn: string): string {
  return sha256(urn).slice(0, 8);
}
