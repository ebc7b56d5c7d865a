// Whose an image is: content is the same for everybody, so one image can belong to several resources.
import { createHash } from "node:crypto";
import { type WireImage } from "../../api/images";
import { isSameStack, ownerKey } from "../ownership";

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

export function isRelayed({ filename }: { filename: string }): boolean {
  return filename.startsWith(relayPrefix);
}

const relayPrefix = "relayed-by-pulumi-";

/** Whether a resource may have an image together with those that it belongs to: they are of one stack. */
export function mayShare(image: Owned, urn: string): boolean {
  return ownersOf(image).some((owner) => isSameStack(urn, owner));
}

export function withOwner(properties: Properties, urn: string): Properties {
  if (isOwnedBy({ properties }, urn)) return properties;
  return { ...properties, [ownerKey in properties ? `${ownerKey}.${shortHash(urn)}` : ownerKey]: urn };
}

export function withoutOwner(properties: Properties, urn: string | undefined): Properties {
  const own = urn === undefined ? [] : [markKey(urn), claimKey(urn)];
  const isOf = ([key, value]: [string, string]): boolean => own.includes(key) || (isOwnerKey(key) && value === urn);
  return Object.fromEntries(Object.entries(properties).filter((entry) => !isOf(entry)));
}

/**
 * What a resource puts on an image whose fingerprint cannot be known before it is made: by it a later preview, or the
 * run after a killed one, finds the image again. Both keys are the resource's own: a pull merges them into an image
 * that is there already, and must not overwrite those of another resource.
 */
export function marksOf(urn: string, identity: object): Properties {
  return { [`${ownerKey}.${shortHash(urn)}`]: urn, [markKey(urn)]: sha256(JSON.stringify(identity)) };
}

/** The images that a resource has made from a source, the oldest first. */
export function markedImages<Image extends Owned & { uploaded_at: string; filename: string }>(
  images: Image[],
  urn: string,
  identity: object,
): Image[] {
  const mark = sha256(JSON.stringify(identity));
  const name = publishedName(urn, identity);
  const marked = images.filter((image) =>
    isOwnedBy(image, urn)
      ? image.properties?.[markKey(urn)] === mark
      : ownersOf(image).length === 0 && image.filename === name,
  );
  return marked.sort((a, b) => Date.parse(a.uploaded_at) - Date.parse(b.uploaded_at));
}

/**
 * Replaced by an image with the same content, a resource has two states for one image for a while. The newer one's claim
 * is on the image, so that the deletion of the older one leaves it alone.
 */
export function withClaim(properties: Properties, urn: string, claim: string): Properties {
  return { ...properties, [claimKey(urn)]: claim };
}

export function claimOf({ properties }: Owned, urn: string): string | undefined {
  return properties?.[claimKey(urn)];
}

function claimKey(urn: string): string {
  return `user.pulumi.claim.${shortHash(urn)}`;
}

function markKey(urn: string): string {
  return `user.pulumi.source.${shortHash(urn)}`;
}

function isOwnerKey(key: string): boolean {
  return key === ownerKey || key.startsWith(`${ownerKey}.`);
}

function shortHash(urn: string): string {
  return sha256(urn).slice(0, 8);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
