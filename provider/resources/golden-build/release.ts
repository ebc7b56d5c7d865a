// Releases a version: the aliases move to it in one step each, and what is said about the image becomes so.
import { type WireImage } from "../../api/images";
import { LxdError } from "../../errors";
import { type Context } from "../../kind";
import { sync } from "../image/sync";
import { keepKey, pinKey } from "../ownership";
import { resultOf } from "./result";
import { type GoldenInputs, type GoldenOutputs, type Result } from "./schema";
import { changeProperties, isBuildOf, isCandidate, type Place, versionOf, versionsOf } from "./versions";

export interface Release {
  context: Context;
  place: Place;
  inputs: GoldenInputs;
  /** What was said about the image before. */
  former: Pick<Result, "aliases" | "properties">;
}

/** Makes the version that the program wants the released one. */
export async function release(work: Release): Promise<GoldenOutputs> {
  const { context, place, inputs, former } = work;
  const versions = await versionsOf(place);
  const built = versions.find((image) => isBuildOf(image, inputs));
  if (built === undefined) throw new LxdError({ code: "not-found", why: "the image is gone", advice: refresh });
  const target = released(versions, inputs) ?? missing(inputs.pin ?? "", versions);
  await remember(place, inputs, versions);
  const wanted = resultOf(inputs, inputs.image);
  await sync(context, former, { ...wanted, fingerprint: target.fingerprint });
  return outputsOf(
    inputs,
    (await versionsOf(place)).find(({ fingerprint }) => fingerprint === target.fingerprint),
  );
}

const refresh = "Run `pulumi refresh`, then `pulumi up` makes it again.";

/** The image that the program wants released, as far as it is there. */
export function released(versions: WireImage[], inputs: GoldenInputs): WireImage | undefined {
  const { pin } = inputs;
  const isWanted = (image: WireImage): boolean =>
    pin === undefined ? isBuildOf(image, inputs) : versionOf(image) === pin && !isCandidate(image);
  return versions.findLast(isWanted);
}

/** On the newest image, where the deletion of an older one finds it. */
async function remember({ client, project }: Place, { keep, pin }: GoldenInputs, versions: WireImage[]): Promise<void> {
  const image = versions.at(-1);
  if (image === undefined) return;
  const change = { [keepKey]: String(keep), [pinKey]: pin };
  await changeProperties(client, { project, fingerprint: image.fingerprint }, { image, change });
}

/** The only road from the daemon to the state: of aliases and properties, those that the program speaks of. */
export function outputsOf(inputs: GoldenInputs, image: WireImage | undefined): GoldenOutputs {
  if (image === undefined) return { ...inputs };
  const { aliases, properties, expiresAt } = inputs.image;
  const onImage = new Map((image.aliases ?? []).map((alias) => [alias.name, alias]));
  const found = Object.entries(image.properties ?? {}).filter(([key]) => key in properties);
  const result: Result = {
    ...inputs.image,
    aliases: aliases.flatMap(({ name }) => onImage.get(name) ?? []),
    properties: Object.fromEntries(found),
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
  const advice = kept.length === 0 ? "Take `pin` out." : `Kept are, the oldest first: ${list}.`;
  throw new LxdError({ code: "not-found", why: `there is no version "${pin}" of this image`, advice });
}
