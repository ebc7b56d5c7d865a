// Finds an image by an alias, a fingerprint or the beginning of a fingerprint.
import { listImages, type WireImage } from "../../provider/lxd/api/images";
import { type Client } from "../../provider/lxd/client/core/client";
import { LxdError } from "../../provider/base/errors";
import { nearest } from "../../provider/base/nearest";

/** The minimum that recent LXD accepts; fewer digits easily match another image. */
const fewestDigits = 12;

export async function imageNamed(client: Client, project: string, reference: string): Promise<WireImage> {
  return pick(await listImages(client, project), project, reference);
}

export function pick(images: WireImage[], project: string, reference: string): WireImage {
  const aliased = images.find(({ aliases }) => aliases?.some(({ name }) => name === reference));
  if (aliased !== undefined) return aliased;
  const digits = reference.toLowerCase();
  const isFingerprint = /^[0-9a-f]+$/.test(digits) && digits.length >= fewestDigits;
  const matching = isFingerprint ? images.filter(({ fingerprint }) => fingerprint.startsWith(digits)) : [];
  const [found] = matching;
  if (found === undefined) throw missing(images, project, reference);
  if (matching.length === 1) return found;
  const why = `${matching.length} images have a fingerprint that begins with ${reference}`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Give more of its digits." });
}

function missing(images: WireImage[], project: string, reference: string): LxdError {
  const aliases = images.flatMap((image) => (image.aliases ?? []).map(({ name }) => name)).sort();
  const near = nearest(reference, aliases);
  const known = aliases.length === 0 ? "No image there has an alias." : `Aliases there are: ${aliases.join(", ")}.`;
  const rest = `A fingerprint is given with at least ${fewestDigits} of its digits.`;
  return new LxdError({
    code: "not-found",
    why: `there is no image "${reference}" in project ${project}`,
    advice: near === undefined ? `${known} ${rest}` : `Did you mean "${near}"? ${rest}`,
  });
}
