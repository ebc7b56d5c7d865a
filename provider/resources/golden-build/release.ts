// Releases a version: the aliases move to it in one step each, and what is said about the image becomes so.
import { type WireImage } from "../../api/images";
import { Limit } from "../../client/limit";
import { LxdError } from "../../errors";
import { sync } from "../image/sync";
import { limitOf } from "./limits";
import { dropFormer, type Publication, publishTo, takenOut } from "./publish-to";
import { resultOf } from "./result";
import { type GoldenInputs, type GoldenOutputs, type Result } from "./schema";
import { isBuildOf, isCandidate, remember, versionOf, versionsOf } from "./versions";

export interface Release extends Publication {
  /** Told what the state must know of, whatever fails from then on. */
  keep: (outputs: GoldenOutputs) => void;
}

/** Makes the version that the program wants the released one, here and on the targets. */
export async function release(work: Release): Promise<GoldenOutputs> {
  const { context, inputs, former, keep } = work;
  const limit = new Limit(limitOf("release", inputs));
  const image = await limit.run(() => releaseHere(work, limit));
  const outputs = outputsOf(inputs, image);
  const { targets, failed } = await publishTo(work, image);
  const whole = { ...outputs, publishTo: targets };
  // The state goes on naming the targets that were taken out, until they are seen to.
  if (takenOut(former.targets, targets).length === 0) keep(whole);
  if (failed !== undefined) throw failed;
  await dropFormer(context, former.targets, targets);
  return whole;
}

async function releaseHere({ context, place, inputs, former }: Release, limit: Limit): Promise<WireImage> {
  const client = context.client.until(limit);
  const near = { ...place, client };
  const versions = await versionsOf(near);
  const built = versions.find((image) => isBuildOf(image, inputs));
  if (built === undefined) throw gone();
  const target = released(versions, inputs) ?? missing(inputs.pin ?? "", versions);
  await remember(near, inputs, versions);
  const wanted = resultOf(inputs, inputs.image);
  await sync({ ...context, client }, former, { ...wanted, fingerprint: target.fingerprint });
  const found = (await versionsOf(near)).find(({ fingerprint }) => fingerprint === target.fingerprint);
  if (found === undefined) throw gone();
  return found;
}

function gone(): LxdError {
  const advice = "Run `pulumi refresh`, then `pulumi up` makes it again.";
  return new LxdError({ code: "not-found", why: "the image is gone", advice });
}

/** The image that the program wants released, as far as it is there. */
export function released(versions: WireImage[], inputs: GoldenInputs): WireImage | undefined {
  const { pin } = inputs;
  const isWanted = (image: WireImage): boolean =>
    pin === undefined ? isBuildOf(image, inputs) : versionOf(image) === pin && !isCandidate(image);
  return versions.findLast(isWanted);
}

/** The only road from the daemon to the state: of aliases and properties, those that the program speaks of. */
export function outputsOf(inputs: GoldenInputs, image: WireImage): GoldenOutputs {
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
