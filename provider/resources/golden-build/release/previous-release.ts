// Finds the released image before an in-place update; without it, previews would replace all instances that use it.
import { isDeepStrictEqual } from "node:util";
import { type CheckContext } from "../../../kind/kind";
import { plain } from "../../../kind/props";
import { hasUnknown } from "../../../kind/unknowns";
import { contentFields, isSameContent } from "../content";
import { outputsOf, released } from "./release";
import { type GoldenInputs, type PartialGoldenInputs, type ReleasedImage } from "../schema";
import { isBuildOf, versionsOf } from "../versions";

/** While a resource changes, Pulumi's previews know only those of its outputs that `check` returns. */
export async function releasedBefore(check: CheckContext<GoldenInputs>): Promise<ReleasedImage> {
  const { inputs: partial, olds, urn, client } = check;
  if (olds === undefined || contentFields.some((field) => !isSameContent(field, olds, partial))) return {};
  // An unchanged resource keeps its outputs, so the daemon is not queried.
  if (isSame(olds, partial)) return imageIn(olds);
  const { project, remote, pin } = partial;
  if (project === undefined || project !== olds.project || hasUnknown([remote, project, pin])) return {};
  const versions = await versionsOf({ client: client(), project, urn });
  const inputs = { ...partial, version: olds.version, inputsHash: olds.inputsHash } as GoldenInputs;
  if (!versions.some((image) => isBuildOf(image, inputs))) return {};
  const target = released(versions, inputs);
  return target === undefined ? {} : imageIn(outputsOf(inputs, target));
}

function isSame(olds: PartialGoldenInputs, inputs: PartialGoldenInputs): boolean {
  const relevant = ({ image, keep, pin, project }: PartialGoldenInputs): unknown =>
    plain({ image, keep, pin, project });
  return isDeepStrictEqual(relevant(olds), relevant(inputs));
}

function imageIn({ fingerprint, releasedVersion, architecture, sizeBytes }: PartialGoldenInputs): ReleasedImage {
  return { fingerprint, releasedVersion, architecture, sizeBytes };
}
