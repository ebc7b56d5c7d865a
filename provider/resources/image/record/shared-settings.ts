// Settings of an image that several stacks own: the image records what each owner sets, so that none overwrites another.
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../../base/canonical";
import { LxdError } from "../../../base/errors";
import { type WireImage } from "../../../lxd/api/images";
import { type Failure } from "../../../kind/kind";
import { plain } from "../../../kind/props";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { isSameStack } from "../../shared/ownership";
import { type PartialImageInputs } from "../inputs";
import { ownersOf, settingsKey } from "../owners";

type Owned = Pick<WireImage, "properties">;
type Properties = Record<string, string>;

export interface Owner {
  urn: string;
  /** The previous URN, which Pulumi's `aliases` option can change. */
  formerUrn?: string | undefined;
}

/** The property that records an owner's settings: each by its path, with a hash of its value. */
export function settingsRecord(urn: string, inputs: PartialImageInputs): Properties {
  const entries = settingsOf(inputs).map(([field, value]) => `${encodeURIComponent(field)}:${digestOf(value)}`);
  return { [settingsKey(urn)]: entries.sort().join(" ") };
}

/** Whether a program changes a setting, so that the record on the image has to be asked. */
export function hasNewSettings(inputs: PartialImageInputs, olds: PartialImageInputs = {}): boolean {
  return !isDeepStrictEqual(new Map(settingsOf(inputs)), new Map(settingsOf(olds)));
}

/** Settings that an owner in another stack has set to another value. Two resources of one stack may change together. */
export function settingFailures(image: Owned, owner: Owner, inputs: PartialImageInputs): Failure[] {
  return conflictsOf(image, owner, inputs).map(({ field, error }) => ({ property: field, reason: error.message }));
}

/** The first of these conflicts: another stack may have become an owner since the preview. */
export function disagreement(image: Owned, owner: Owner, inputs: PartialImageInputs): LxdError | undefined {
  return conflictsOf(image, owner, inputs)[0]?.error;
}

interface Conflict {
  field: string;
  error: LxdError;
}

function conflictsOf(image: Owned, owner: Owner, inputs: PartialImageInputs): Conflict[] {
  const others = othersOf(image, owner).filter((urn) => !isSameStack(urn, owner.urn));
  return settingsOf(inputs).flatMap(([field, value]) => {
    const isOther = (urn: string): boolean => ![undefined, digestOf(value)].includes(recordOf(image, urn).get(field));
    const other = others.find(isOther);
    return other === undefined ? [] : [{ field, error: conflict(field, other) }];
  });
}

function conflict(field: string, urn: string): LxdError {
  const omit = field === "public" ? "" : ", omit it in one of the two";
  return new LxdError({
    code: "already-exists",
    why: `the image is shared with ${urn}, which sets ${field} to another value`,
    advice: `Use the same value in both programs${omit}, or keep the images in different projects.`,
  });
}

/** Whether another owner also sets a property, so that this one does not remove it. */
export function isSetElsewhere(image: Owned, owner: Owner, property: string): boolean {
  return othersOf(image, owner).some((urn) => recordOf(image, urn).has(propertyField(property)));
}

/** Without the properties that only this owner has set; unchanged while an owner has no record of its own. */
export function withoutSettings(image: Owned, urn: string): Properties {
  const all = image.properties ?? {};
  if (othersOf(image, { urn }).some((other) => all[settingsKey(other)] === undefined)) return all;
  const own = recordOf(image, urn);
  const isOnlyOwn = (key: string): boolean => own.has(propertyField(key)) && !isSetElsewhere(image, { urn }, key);
  return Object.fromEntries(Object.entries(all).filter(([key]) => !isOnlyOwn(key)));
}

function othersOf(image: Owned, { urn, formerUrn }: Owner): string[] {
  return ownersOf(image).filter((each) => each !== urn && each !== formerUrn);
}

function recordOf({ properties }: Owned, urn: string): Map<string, string> {
  const entries = properties?.[settingsKey(urn)]?.split(" ") ?? [];
  return new Map(entries.map((entry) => [decodeURIComponent(entry.split(":")[0] ?? ""), entry.split(":")[1] ?? ""]));
}

/** The settings that a program writes; those that it leaves to the image, or does not know yet, are omitted. */
function settingsOf({ properties, expiresAt, ...inputs }: PartialImageInputs): [string, unknown][] {
  const { public: isPublic, autoUpdate, profiles } = inputs;
  const time = expiresAt === undefined || isUnknown(expiresAt) ? expiresAt : Date.parse(expiresAt);
  const fields = Object.entries({ public: isPublic, autoUpdate, profiles, expiresAt: time });
  const named = isUnknown(properties) ? [] : Object.entries(properties ?? {});
  const all = [...fields, ...named.map(([key, value]) => [propertyField(key), value] as [string, unknown])];
  return all.filter(([, value]) => value !== undefined && !hasUnknown(value));
}

function propertyField(key: string): string {
  return `properties[${JSON.stringify(key)}]`;
}

function digestOf(value: unknown): string {
  return sha256(JSON.stringify(plain({ value }))).slice(0, 8);
}
