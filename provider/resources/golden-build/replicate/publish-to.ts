// Manages the copies of a golden image on other servers: creates them at release and deletes them with it.
import { isDeepStrictEqual } from "node:util";
import { findImage, type WireImage } from "../../../lxd/api/images";
import { LxdError } from "../../../base/errors";
import { type Context, type RemovalContext } from "../../../kind/kind";
import { isOwnedBy } from "../../image/owners";
import { reconcile } from "../../image/record/reconcile";
import { hashKey, isProviderKey, versionKey } from "../../shared/ownership";
import { bring, isFresh } from "./copy";
import { resultOf } from "../result";
import { type GoldenInputs, type GoldenOutputs } from "../schema";
import { type PublishTarget } from "./target-inputs";
import { transferOwnership } from "../urn-change";
import { copierOf, type Done, forEachTarget, type Target, type Targets } from "./targets";
import { type Keeping, type Place, prune, removeImage, unmarkedOf, versionsOf } from "../versions";

export interface Publication {
  context: Context;
  place: Place;
  inputs: GoldenInputs;
  /** The previous settings. */
  former: Former;
}

/** The previous inputs and URN. */
export type Former = Pick<GoldenInputs["image"], "aliases" | "properties"> & {
  targets: Targets;
  urn?: string | undefined;
};

/** The targets that a run has reached, by the run's inputs, so that a checkpoint needs no request. */
export const publishedTargets = new WeakMap<GoldenInputs, PublishTarget[]>();

/** Ensures that each target has a copy of the released image and that its aliases point to that. */
export async function publishTo({ context, place, inputs, former }: Publication, image: WireImage): Promise<Done> {
  return forEachTarget(context, inputs, async (target) => {
    await transferOwnership(target.place, former.urn === undefined ? undefined : copierOf(former.urn));
    const copy = await bring(target, { place, image });
    await settle({ context, place, inputs, former }, target, { copy, image });
    const { missing, ...found } = target.desired;
    target.recorded = found;
  });
}

/** Applies the released image's settings to the copy, replaces the inherited owner, then moves the aliases. */
async function settle(
  { context, inputs, former }: Publication,
  { place, desired }: Target,
  { copy, image }: { copy: WireImage; image: WireImage },
): Promise<void> {
  const { client, urn, project } = place;
  const { fingerprint, properties } = image;
  const own = Object.entries(properties ?? {}).filter(([key]) => !isProviderKey(key));
  const marks = Object.fromEntries([versionKey, hashKey].map((key) => [key, properties?.[key] ?? ""]));
  const before = former.targets.publishTo?.find((each) => isSamePlace(each, desired));
  const aliases = before === undefined ? [] : (before.aliases ?? former.aliases);
  const olds = { aliases, properties: former.properties, marks, isNew: isFresh(copy, urn) };
  const news = {
    ...resultOf(inputs, { public: desired.public ?? inputs.image.public }),
    ...{ project, fingerprint, aliases: desired.aliases ?? inputs.image.aliases },
    properties: Object.fromEntries(own),
  };
  await reconcile({ ...context, client, urn }, olds, news);
}

/** Whether two entries refer to the same place, as far as known: by the server's address or certificate. */
export function isSamePlace(one: PublishTarget, other: PublishTarget): boolean {
  const isSame = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b;
  return one.project === other.project && (isSame(one.__at, other.__at) || isSame(one.__server, other.__server));
}

/** Targets removed from the program. A target that was never reached has no copies. */
export function takenOut({ publishTo = [] }: Targets, now: PublishTarget[]): PublishTarget[] {
  return publishTo.filter((each) => each.__at !== undefined && !now.some((target) => isSamePlace(each, target)));
}

/** Deletes the copies on removed targets. Returns whether there were such targets. */
export async function dropFormer(context: Context, former: Targets, now: PublishTarget[]): Promise<boolean> {
  const gone = takenOut(former, now);
  const targets = { ...former, publishTo: gone, field: "the former publishTo" };
  const { failed } = await forEachTarget(context, targets, (target) => removeCopies(target, []));
  if (failed === undefined) return gone.length > 0;
  const advice =
    "The copies there must be deleted, because this target was removed. If the server is gone for good, forget the " +
    "resource with `pulumi state delete`: the next `pulumi up` finds the image again and builds nothing.";
  throw new LxdError({ ...failed.details, advice });
}

/** Deletes versions beyond the number to keep, as on the building server. Returns whether there were any. */
export async function pruneCopies(context: Context, targets: Targets, live: Keeping): Promise<boolean> {
  let hasPruned = false;
  const { failed } = await forEachTarget(context, targets, async ({ place }) => {
    if (await prune(place, live)) hasPruned = true;
  });
  if (failed !== undefined) throw failed;
  return hasPruned;
}

/** Removes what this stack created on the targets. On targets in the live state, what that keeps stays. */
export async function removeFormer(context: RemovalContext<GoldenOutputs>, state: GoldenOutputs): Promise<void> {
  const { isReplaced, live } = context;
  const reached = (state.publishTo as PublishTarget[] | undefined)?.filter(({ __at }) => __at !== undefined);
  const isLive = (target: PublishTarget): boolean =>
    isReplaced && (live === undefined || live.publishTo.some((each) => isSamePlace(each, target)));
  const { failed } = await forEachTarget(context, { ...state, publishTo: reached }, async (target) => {
    if (!isLive(target.desired)) return removeCopies(target, target.desired.aliases ?? state.image.aliases);
    await prune(target.place, live ?? state);
  });
  if (failed !== undefined) throw failed;
}

async function removeCopies({ place }: Target, aliases: GoldenInputs["image"]["aliases"]): Promise<void> {
  for (const { fingerprint } of [...(await versionsOf(place)), ...(await unmarkedOf(place))]) {
    await removeImage(place, fingerprint, { aliases });
  }
}

/** Reads the targets: a missing or changed copy is drift. */
export async function readTargets(context: Context, state: GoldenOutputs, image: WireImage): Promise<PublishTarget[]> {
  const { targets, failed } = await forEachTarget(context, state, async (target) => {
    const { place, desired } = target;
    const found = (await findImage(place.client, { project: place.project, fingerprint: image.fingerprint }))?.value;
    const isThere = found !== undefined && isOwnedBy(found, place.urn);
    const seen = isThere ? differences(found, { ...state.image, ...defined(desired) }) : { missing: true as const };
    target.recorded = { ...desired, ...seen };
  });
  if (failed !== undefined) throw failed;
  return targets;
}

function defined({ aliases, public: isPublic }: PublishTarget): Partial<GoldenInputs["image"]> {
  return { ...(aliases && { aliases }), ...(isPublic !== undefined && { public: isPublic }) };
}

function differences(found: WireImage, desired: GoldenInputs["image"]): Partial<PublishTarget> {
  const there = desired.aliases.flatMap(({ name }) => (found.aliases ?? []).filter((alias) => alias.name === name));
  const isSame = isDeepStrictEqual(
    there,
    desired.aliases.map(({ name, description }) => ({ name, description })),
  );
  return { ...(!isSame && { aliases: there }), ...(found.public !== desired.public && { public: found.public }) };
}
