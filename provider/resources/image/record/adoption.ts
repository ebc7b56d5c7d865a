// Whether an image that is on the daemon already may become a resource's own.
import { type WireImage } from "../../../lxd/api/images";
import { LxdError } from "../../../base/errors";
import { isFromAnyStack, isOwnedBy, isUploadOf, ownersOf } from "../owners";
import { isPulled } from "../source";
import { type ImageSource } from "../source-types";

/** What stacks have brought they share, each with a claim of its own; what somebody has made by hand is nobody's. */
export function mayAdopt(found: WireImage, { adopt }: { adopt: boolean | undefined }): boolean {
  return adopt === true || ownersOf(found).length > 0 || isFromAnyStack(found) || isCacheOnly(found);
}

/** Fetched by the daemon on the way to an instance, and deleted by it when it has not been used for some days. */
export function isCacheOnly(found: WireImage): boolean {
  return found.cached && ownersOf(found).length === 0;
}

export function alreadyExists(fingerprint: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the daemon has an image with this content already (${fingerprint.slice(0, 12)}), which does not belong to this stack`,
    advice: "Use that image, set adopt: true to adopt it, or delete it first.",
  });
}

interface Newcomer {
  urn: string;
  source: ImageSource | undefined;
  /** Whether the state knows the image. */
  isKnown: boolean;
}

/** Whose the image was before the resource came to it, so that an alias on it may be theirs. */
export function ownersBefore(image: WireImage, { urn, source, isKnown }: Newcomer): string[] {
  const owners = ownersOf(image);
  // A pull writes the claim by itself.
  const isMarked = isOwnedBy(image, urn) && !(source !== undefined && isPulled(source));
  const isOurs = isKnown ? owners.length === 0 : isMarked || isUploadOf(image, urn);
  return isOurs ? [urn] : owners;
}

/** Whether an alias on an image of these owners may be somebody else's. */
export function isShared(owners: string[], urn: string): boolean {
  return owners.length === 0 || owners.some((owner) => owner !== urn);
}
