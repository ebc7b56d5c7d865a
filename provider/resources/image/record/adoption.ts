// Determines whether a resource may adopt an existing image.
import { type WireImage } from "../../../lxd/api/images";
import { LxdError } from "../../../base/errors";
import { isFromAnyStack, isOwnedBy, isUploadOf, ownersOf } from "../owners";
import { isPulled } from "../source";
import { type ImageSource } from "../source-types";

/** Images created by stacks are shared, each stack with its own owner key; an image created by hand has no owner. */
export function mayAdopt(found: WireImage, { adopt }: { adopt: boolean | undefined }): boolean {
  return adopt === true || ownersOf(found).length > 0 || isFromAnyStack(found) || isCacheOnly(found);
}

/** Whether the daemon fetched the image for an instance and will delete it after some days without use. */
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
  /** Whether the image is in the state. */
  isKnown: boolean;
}

/** The owners of the image before this resource, to whom its aliases may belong. */
export function ownersBefore(image: WireImage, { urn, source, isKnown }: Newcomer): string[] {
  const owners = ownersOf(image);
  // A pull writes the owner key itself.
  const isMarked = isOwnedBy(image, urn) && !(source !== undefined && isPulled(source));
  const isOurs = isKnown ? owners.length === 0 : isMarked || isUploadOf(image, urn);
  return isOurs ? [urn] : owners;
}

/** Whether an alias on an image of these owners may belong to someone else. */
export function isShared(owners: string[], urn: string): boolean {
  return owners.length === 0 || owners.some((owner) => owner !== urn);
}
