// Whose an image is: content is the same for everybody, so one image can belong to several resources.
import { createHash } from "node:crypto";
import { type WireImage } from "../api/images";
import { isSameStack, ownerKey } from "./ownership";

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

/** Whether a resource may have an image together with those that it belongs to: they are of one stack. */
export function mayShare(image: Owned, urn: string): boolean {
  return ownersOf(image).some((owner) => isSameStack(urn, owner));
}

export function withOwner(properties: Properties, urn: string): Properties {
  if (isOwnedBy({ properties }, urn)) return properties;
  return { ...properties, [ownerKey in properties ? `${ownerKey}.${shortHash(urn)}` : ownerKey]: urn };
}

export function withoutOwner(properties: Properties, urn: string | undefined): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key, value]) => !isOwnerKey(key) || value !== urn));
}

function isOwnerKey(key: string): boolean {
  return key === ownerKey || key.startsWith(`${ownerKey}.`);
}

function shortHash(urn: string): string {
  return createHash("sha256").update(urn).digest("hex").slice(0, 8);
}
