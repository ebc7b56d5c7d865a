// Imports an existing image: compares it with the program and reports every difference; writes only the owner key.
import { difference } from "../shared/import-comparison";
import { type Sides } from "../shared/program-values";
import { type Alias, type WireImage } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import { type CheckContext, type Context, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { isProviderKey } from "../shared/ownership";
import { aliasList } from "./aliases/alias-lists";
import { type FoundImage } from "./find";
import { findByName, parseImageId } from "./id";
import { type ImageInputs } from "./inputs";
import { withOwner } from "./owners";
import { changeRecord } from "./record/record";
import { settingsRecord } from "./record/shared-settings";
import { fieldOf } from "./source";
import { type ServerSource } from "./source-types";
import { toOutputs } from "./record/reconcile";
import { isCacheOnly } from "./record/adoption";
import { isDeepStrictEqual } from "node:util";

type Inputs = ImageInputs;

/** Everything that prevents the import. */
export async function importFailures(
  client: Client,
  { inputs, importId = "", isSecret }: CheckContext<Inputs>,
): Promise<Failure[]> {
  const name = parseImageId(importId);
  if (name === undefined) {
    return [{ property: "", reason: `import: "${importId}" must be "project/fingerprint" or "project/alias"` }];
  }
  if (name.project !== inputs.project)
    return [difference("project", { program: inputs.project, daemon: name.project }, isSecret)];
  const found = await findByName(client, name);
  if (found === undefined) return [{ property: "", reason: `import: there is no image ${importId}` }];
  if (isCacheOnly(found)) return [{ property: "", reason: onlyCached }];
  return differences(inputs as Inputs, found).map(({ property, ...sides }) => difference(property, sides, isSecret));
}

const onlyCached =
  "import: the daemon caches this image and deletes it after some days without use [unsupported]\n" +
  "Omit the option: an image that is pulled with its source is not deleted.";

/** A property and its value on each side. */
type Different = Sides & { property: string };

function differences(desired: Inputs, found: WireImage): Different[] {
  const { source } = desired;
  const actual = toOutputs(desired, found);
  // Properties that the program omits are not compared: other owners may have added them.
  const fields = (["public", "autoUpdate", "profiles", "expiresAt"] as const)
    .filter((key) => !isSame(desired[key], actual[key]))
    .map((key) => ({ property: key, program: desired[key], daemon: actual[key] }));
  return [
    ...(source === undefined || hasUnknown(source) ? [] : sourceDifferences({ ...desired, source }, found)),
    ...fields,
    ...aliasDifferences(desired.aliases, actual.aliases),
    ...propertyDifferences(desired.properties, found.properties ?? {}),
  ];
}

function sourceDifferences(desired: Inputs & { source: object }, found: WireImage): Different[] {
  const { source, fingerprint } = desired;
  if (!isSame(fingerprint, found.fingerprint))
    return [{ property: fieldOf(source), program: fingerprint, daemon: found.fingerprint }];
  if (!("server" in source) || source.alias === undefined) return [];
  const from = found.update_source;
  if (from == null || isSamePlace(source, from)) return [];
  const written = (image: { alias: string | undefined; server: string }): string =>
    `${image.alias ?? ""} from ${image.server}`;
  return [{ property: "source", program: written({ ...source, alias: source.alias }), daemon: written(from) }];
}

function isSamePlace({ server, alias }: ServerSource, from: { server: string; alias: string }): boolean {
  const trimmed = (url: string): string => url.replace(/\/+$/, "");
  return alias === from.alias && trimmed(server) === trimmed(from.server);
}

function aliasDifferences(desired: unknown, actual: Alias[]): Different[] {
  if (!Array.isArray(desired)) return [];
  return (desired as Alias[]).flatMap((alias, i) => {
    const found = actual.find(({ name }) => name === alias.name);
    return isSame(alias, found) ? [] : [{ property: `aliases[${i}]`, program: alias, daemon: found }];
  });
}

function propertyDifferences(desired: Record<string, string>, actual: Record<string, string>): Different[] {
  if (isUnknown(desired)) return [];
  // An empty value equals an absent property.
  const keys = Object.keys(desired).filter((key) => !isSame(desired[key] || undefined, actual[key]));
  return keys.map((key) => ({
    property: `properties[${JSON.stringify(key)}]`,
    program: desired[key],
    daemon: actual[key],
  }));
}

function isSame(desired: unknown, actual: unknown): boolean {
  return hasUnknown(desired) || isDeepStrictEqual(plain({ value: desired }), plain({ value: actual }));
}

/** Writes the owner key and alias list to an imported image. Other owners keep theirs. */
export async function adopt({ client, urn }: Context, inputs: Inputs, { image, project }: FoundImage): Promise<void> {
  const at = { project, fingerprint: image.fingerprint };
  await changeRecord(client, at, (record) => {
    const list = aliasList(
      urn,
      inputs.aliases.map(({ name }) => name),
    );
    const properties = { ...withOwner(record.properties ?? {}, urn), ...list, ...settingsRecord(urn, inputs) };
    return isDeepStrictEqual(properties, record.properties) ? undefined : { ...record, properties };
  });
}

/** The inputs of an image of which only the ID is known. */
export function unwritten({ image, project }: FoundImage): Inputs {
  const { aliases, properties, auto_update: autoUpdate, expires_at: expiresAt } = image;
  const quoted = Object.entries(properties ?? {}).filter(([key]) => !isProviderKey(key));
  return {
    aliases: aliases ?? [],
    properties: Object.fromEntries(quoted),
    public: image.public,
    ...{ autoUpdate, expiresAt, profiles: image.profiles ?? [] },
    aliasPolicy: "fail",
    adopt: false,
    project,
  };
}
