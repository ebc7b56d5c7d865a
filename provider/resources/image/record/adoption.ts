// Determines whether a resource may adopt an existing image.
import { findImage, type ImageAddress, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { poll } from "../../../base/poll";
import { isFromAnyStack, isOwnedBy, isUpload, isUploadOf, ownersOf } from "../owners";
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

/** How long another stack may take from its upload to its owner key. */
const uploadMs = 5_000;

/**
 * Waits while another stack that has just uploaded the image has not set its owner key yet: it first removes the keys
 * that came with the content, and would remove the one of this resource with them. The image may also be left by a killed
 * run, which sets none.
 */
export async function uploadEnded(client: Client, at: ImageAddress, urn: string): Promise<void> {
  await poll({ client, everyMs: 100, withinMs: uploadMs }, async () => {
    const image = (await findImage(client, at))?.value;
    return image !== undefined && isUploadOfOther(image, urn) ? undefined : true;
  });
}

export function isUploadOfOther(image: WireImage, urn: string): boolean {
  return isUpload(image) && !isUploadOf(image, urn);
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
