// Reconciles an image's mutable settings with the program.
import { isDeepStrictEqual } from "node:util";
import { findImage, type ImageAddress, type ImageSettings, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { gone } from "../../../base/errors";
import { type Context, type PartialInputs } from "../../../kind/kind";
import { dropAlias, ensureAlias } from "../aliases/aliases";
import { isProviderKey } from "../../shared/ownership";
import { withAliasLists } from "../aliases/alias-lists";
import { shownMetadata } from "../description";
import { type ImageInputs, type ImageOutputs } from "../inputs";
import { marksOf, ownersOf, withoutOwner, withOwner } from "../owners";
import { changeRecord } from "./record";
import { disagreement, isSetElsewhere, settingsRecord } from "./shared-settings";
import { identityOf, isPulled } from "../source";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;
/** Inputs of an existing image. */
type Known = Inputs & { fingerprint: string };

/** The starting point of a change. */
export interface Previous {
  aliases: Outputs["aliases"];
  properties: Outputs["properties"];
  /** The resource's previous URN, which Pulumi's `aliases` option can change. */
  urn?: string | undefined;
  /** The image that this one replaces. */
  replaced?: PartialInputs<ImageAddress> | undefined;
  /** Keys by which a later run finds a new image. */
  marks?: Record<string, string>;
  /** Whether the image was just created for this resource alone. */
  isNew?: boolean;
  /** Whether the image records the resource's aliases and settings, which other resources take over or share. */
  isListing?: boolean;
}

/** Updates everything that can change in place; settings that the program never specified are left unchanged. */
export async function reconcile(context: Context, olds: Previous, news: Known): Promise<Outputs> {
  const { client, urn } = context;
  const { value } = await reconcileRecord(context, olds, news);
  await reconcileAliases(client, { olds, news, urn, owners: ownersOf(value) });
  return toOutputs(news, (await findImage(client, news))?.value ?? value);
}

/** Everything except the aliases. */
export async function reconcileRecord(
  { client, urn }: Context,
  olds: Previous,
  news: Known,
): Promise<{ value: WireImage; isChanged: boolean }> {
  let isChanged = false;
  const value = await changeRecord(client, news, (current) => {
    const conflict = disagreement(current, { urn, formerUrn: olds.urn }, news);
    if (conflict !== undefined) throw conflict;
    const all = merged(current, { urn, olds, news });
    const lists = { client, urn, formerUrn: olds.urn, had: olds.aliases, news };
    const records = { ...all, ...settingsRecord(urn, news) };
    const properties = olds.isListing === true ? withAliasLists(records, current, lists) : all;
    const desired = settingsOf(current, news, properties);
    const isDue = differs(current, desired);
    isChanged ||= isDue;
    return isDue ? desired : undefined;
  });
  if (value === undefined) throw gone("image");
  return { value, isChanged };
}

function settingsOf(value: WireImage, news: Inputs, properties: Record<string, string>): ImageSettings {
  return {
    public: news.public,
    properties,
    auto_update: news.autoUpdate ?? value.auto_update,
    profiles: news.profiles ?? value.profiles,
    expires_at: news.expiresAt ?? value.expires_at,
  };
}

function differs(value: WireImage, desired: ImageSettings): boolean {
  const same =
    value.public === desired.public &&
    value.auto_update === desired.auto_update &&
    isDeepStrictEqual(value.profiles ?? [], desired.profiles ?? []) &&
    isSameTime(value.expires_at, desired.expires_at) &&
    sameMap(desired.properties ?? {}, value.properties ?? {});
  return !same;
}

export interface AliasChange {
  olds: Previous;
  news: Known;
  urn: string;
  owners: string[];
}

export async function reconcileAliases(client: Client, { olds, news, urn, owners }: AliasChange): Promise<void> {
  const had = olds.aliases.map((alias) => alias.name);
  // On an image that only this resource owns, any alias was created by an interrupted run or is acceptable.
  const others = owners.some((owner) => owner !== urn && owner !== olds.urn);
  for (const alias of news.aliases) {
    const isWelcome = had.includes(alias.name) || isCopied(news, alias.name);
    const isShared = (others || owners.length === 0) && !isWelcome;
    await ensureAlias(client, news, alias, { urn, replaced: olds.replaced, policy: news.aliasPolicy, isShared });
  }
  const desired = news.aliases.map((alias) => alias.name);
  for (const name of had) if (!desired.includes(name)) await dropAlias(client, news, { name, urn });
}

export function isCopied({ copiedAliases = [] }: Pick<PartialInputs<Inputs>, "copiedAliases">, alias: string): boolean {
  return copiedAliases.some(({ name }) => name === alias);
}

/** The daemons format timestamps differently. */
function isSameTime(one: string, other: string): boolean {
  return one === other || Date.parse(one) === Date.parse(other);
}

function merged(
  image: WireImage,
  { urn, olds, news }: { urn: string; olds: Previous; news: Inputs },
): Record<string, string> {
  const current = image.properties ?? {};
  const isLost = (key: string): boolean => !isSetElsewhere(image, { urn, formerUrn: olds.urn }, key);
  const dropped = Object.keys(olds.properties).filter((key) => !(key in news.properties) && isLost(key));
  // The owner keys of a new image were inherited from the image on which its instance was based.
  const isInherited = (key: string): boolean => olds.isNew === true && isProviderKey(key);
  const kept = Object.entries(current).filter(([key]) => !dropped.includes(key) && !isInherited(key));
  // An empty value equals an absent one: Incus drops such a property, which is a way to remove the image's own.
  const isSet = ([key]: [string, string]): boolean => news.properties[key] !== "";
  const renamed = olds.urn === urn ? undefined : olds.urn;
  // An image updated by the daemon has lost the keys set on its predecessor.
  const { source } = news;
  const marks = source !== undefined && isPulled(source) ? marksOf(urn, identityOf(source)) : olds.marks;
  const all = { ...withoutOwner({ ...Object.fromEntries(kept), ...news.properties }, renamed), ...marks };
  const owned = withOwner(all, urn);
  return Object.fromEntries(Object.entries(owned).filter(isSet));
}

/** The only mapping from the daemon to the state. Contains only the aliases and properties that the program sets. */
export function toOutputs(inputs: Inputs, wire: WireImage): Outputs {
  const onImage = new Map((wire.aliases ?? []).map((alias) => [alias.name, alias]));
  return {
    source: inputs.source,
    fingerprint: wire.fingerprint,
    digest: inputs.digest,
    copiedAliases: inputs.copiedAliases,
    aliases: inputs.aliases.flatMap(({ name }) => onImage.get(name) ?? []),
    properties: propertiesFrom(wire, inputs.properties),
    public: wire.public,
    autoUpdate: inputs.autoUpdate === undefined ? undefined : wire.auto_update,
    expiresAt: expiryOf(inputs, wire),
    profiles: inputs.profiles === undefined ? undefined : (wire.profiles ?? []),
    aliasPolicy: inputs.aliasPolicy,
    adopt: inputs.adopt,
    project: inputs.project,
    type: wire.type,
    architecture: wire.architecture,
    sizeBytes: wire.size,
    uploadedAt: wire.uploaded_at,
    metadata: shownMetadata(wire),
  };
}

/** The image's values of the properties that the program sets. A property that the program removes is not there. */
export function propertiesFrom({ properties }: WireImage, written: Record<string, string>): Record<string, string> {
  const removed = Object.entries(written).filter(([, value]) => value === "");
  const set = Object.entries(properties ?? {}).filter(([key]) => key in written);
  return Object.fromEntries([...removed, ...set]);
}

function expiryOf({ expiresAt }: Inputs, { expires_at }: WireImage): string | undefined {
  return expiresAt === undefined || isSameTime(expiresAt, expires_at) ? expiresAt : expires_at;
}

function sameMap(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
