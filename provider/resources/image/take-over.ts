// Whether an image that is on the daemon already may become a resource's own.
import { type WireImage } from "../../api/images";
import { LxdError } from "../../errors";
import { isOwnedBy, isRelayed, isUploadOf, mayShare, ownersOf } from "./owners";

export interface Claim {
  urn: string;
  /** Whether the program says that it may be anybody's. */
  adopt: boolean | undefined;
  /** Pulling an image gives nobody a claim to it: whoever wants it may have it. */
  isPulled: boolean;
}

export function mayTake(found: WireImage, { urn, adopt, isPulled }: Claim): boolean {
  if (adopt === true || isOwnedBy(found, urn) || mayShare(found, urn) || isCacheOnly(found)) return true;
  if (isUploadOf(found, urn)) return true;
  return isPulled && (ownersOf(found).length > 0 || isRelayed(found));
}

/** Fetched by the daemon on the way to an instance, and deleted by it when it has not been used for some days. */
export function isCacheOnly(found: WireImage): boolean {
  return found.cached && ownersOf(found).length === 0;
}

export function taken(fingerprint: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the daemon has an image with this content already (${fingerprint.slice(0, 12)}), which is not this stack's`,
    advice: "Use that image, set adopt: true to take it over, or delete it first.",
  });
}
