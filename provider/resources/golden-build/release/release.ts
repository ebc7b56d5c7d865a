// Releases a version: moves each alias to it in one step and applies the image settings.
import { type WireImage } from "../../../lxd/api/images";
import { Deadline } from "../../../lxd/client/core/deadline";
import { gone, LxdError } from "../../../base/errors";
import { ownersOf } from "../../image/owners";
import { hasOtherAliases } from "../../image/record/steps";
import { propertiesFrom, reconcileAliases, reconcileRecord } from "../../image/record/reconcile";
import { deadlineOf } from "../build/phase-deadlines";
import { type FoundBuild } from "./locate";
import { type Publication } from "../replicate/publish-to";
import { resultOf } from "../result";
import { type GoldenInputs, type GoldenOutputs, type Result } from "../schema";
import { isBuildOf, isCandidate, versionOf } from "../versions";

type Release = Pick<Publication, "context" | "inputs" | "former">;

/** Releases the version that the program selects. Returns whether anything changed. */
export function release({ context, inputs, former }: Release, { versions }: FoundBuild): Promise<boolean> {
  const limit = new Deadline(deadlineOf("release", inputs));
  const client = context.client.until(limit);
  return limit.run(async () => {
    const image = targetImage(versions, inputs);
    const news = { ...resultOf(inputs, inputs.image), fingerprint: image.fingerprint };
    const { value, isChanged } = await reconcileRecord({ ...context, client }, former, news);
    const change = { olds: former, news, urn: context.urn, owners: ownersOf(value) };
    await reconcileAliases(client, change);
    return isChanged || hasOtherAliases(image, change);
  });
}

/** The image to release; throws if it does not exist. */
export function targetImage(versions: WireImage[], inputs: GoldenInputs): WireImage {
  if (!versions.some((image) => isBuildOf(image, inputs))) throw gone("image");
  return released(versions, inputs) ?? missing(inputs.pin ?? "", versions);
}

/** The image that the program selects for release, if it exists. */
export function released(versions: WireImage[], inputs: GoldenInputs): WireImage | undefined {
  const { pin } = inputs;
  const isWanted = (image: WireImage): boolean =>
    pin === undefined ? isBuildOf(image, inputs) : versionOf(image) === pin && !isCandidate(image);
  return versions.findLast(isWanted);
}

/** The only mapping from the daemon to the state. Contains only the aliases and properties that the program sets. */
export function outputsOf(inputs: GoldenInputs, image: WireImage): GoldenOutputs {
  const { aliases, properties, expiresAt } = inputs.image;
  const onImage = new Map((image.aliases ?? []).map((alias) => [alias.name, alias]));
  const result: Result = {
    ...inputs.image,
    aliases: aliases.flatMap(({ name }) => onImage.get(name) ?? []),
    properties: propertiesFrom(image, properties),
    public: image.public,
    ...(expiresAt === undefined || Date.parse(expiresAt) === Date.parse(image.expires_at)
      ? {}
      : { expiresAt: image.expires_at }),
  };
  const { fingerprint, architecture, size: sizeBytes } = image;
  return { ...inputs, image: result, fingerprint, releasedVersion: versionOf(image), architecture, sizeBytes };
}

export function missing(pin: string, versions: WireImage[]): never {
  const kept = versions.filter((image) => !isCandidate(image));
  const list = kept.map((image) => `${versionOf(image) ?? ""} (${image.uploaded_at.slice(0, 16)})`).join(", ");
  const advice = kept.length === 0 ? "Remove `pin`." : `Kept versions, oldest first: ${list}.`;
  throw new LxdError({ code: "not-found", why: `there is no version "${pin}" of this image`, advice });
}
