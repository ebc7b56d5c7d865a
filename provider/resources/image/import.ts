// Takes over an image that exists: compared with the program, every difference told, nothing changed on the daemon.
import { type Alias, type WireImage } from "../../api/images";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";
import { type Completion, type CreateContext, type Failure, type Made } from "../../kind";
import { plain } from "../../plain";
import { hasUnknown, isUnknown } from "../../unknowns";
import { isBookkeeping } from "../ownership";
import { findById, findByName, idOf, parseImageId } from "./id";
import { type ImageInputs, type ImageOutputs } from "./inputs";
import { fieldOf } from "./source";
import { type ServerSource } from "./source-types";
import { toOutputs } from "./sync";
import { isCacheOnly } from "./take-over";
import { isDeepStrictEqual } from "node:util";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

/** All that speaks against the import. */
export async function importFailures(
  client: Client,
  { draft, importId = "", urn }: Completion<Inputs>,
): Promise<Failure[]> {
  const name = parseImageId(importId);
  if (name === undefined) {
    return [{ property: "", reason: `import: "${importId}" must be "project/fingerprint" or "project/alias"` }];
  }
  if (name.project !== draft.project) return [difference("project", draft.project, name.project)];
  const found = await findByName(client, name);
  if (found === undefined) return [{ property: "", reason: `import: there is no image ${importId}` }];
  if (isCacheOnly(found)) return [{ property: "", reason: onlyCached }];
  return differences(draft as Inputs, found, urn);
}

const onlyCached =
  "import: the daemon keeps this image only until it has not been used for some days [unsupported]\n" +
  "Leave the option away: pulled with its source, it stays.";

function differences(wanted: Inputs, found: WireImage, urn: string): Failure[] {
  const { source } = wanted;
  const actual = toOutputs(wanted, found, urn);
  // What the program does not speak of is no difference: others may have added it.
  const fields = (["public", "autoUpdate", "profiles", "expiresAt"] as const)
    .filter((key) => !isSame(wanted[key], actual[key]))
    .map((key) => difference(key, wanted[key], actual[key]));
  return [
    ...(source === undefined || hasUnknown(source) ? [] : sourceDifferences({ ...wanted, source }, found)),
    ...fields,
    ...aliasDifferences(wanted.aliases, actual.aliases),
    ...propertyDifferences(wanted.properties, found.properties ?? {}),
  ];
}

function sourceDifferences(wanted: Inputs & { source: object }, found: WireImage): Failure[] {
  const { source, fingerprint } = wanted;
  if (!isSame(fingerprint, found.fingerprint)) return [difference(fieldOf(source), fingerprint, found.fingerprint)];
  if (!("server" in source) || source.alias === undefined) return [];
  const from = found.update_source;
  if (from == null || isSamePlace(source, from)) return [];
  return [difference("source", `${source.alias} from ${source.server}`, `${from.alias} from ${from.server}`)];
}

function isSamePlace({ server, alias }: ServerSource, from: { server: string; alias: string }): boolean {
  const trimmed = (url: string): string => url.replace(/\/+$/, "");
  return alias === from.alias && trimmed(server) === trimmed(from.server);
}

function aliasDifferences(wanted: unknown, actual: Alias[]): Failure[] {
  if (!Array.isArray(wanted)) return [];
  return (wanted as Alias[]).flatMap((alias, i) => {
    const found = actual.find(({ name }) => name === alias.name);
    return isSame(alias, found) ? [] : [difference(`aliases[${i}]`, alias, found)];
  });
}

function propertyDifferences(wanted: Record<string, string>, actual: Record<string, string>): Failure[] {
  if (isUnknown(wanted)) return [];
  // An empty value stands for a property that is not there.
  const keys = Object.keys(wanted).filter((key) => !isSame(wanted[key] || undefined, actual[key]));
  return keys.map((key) => difference(`properties[${JSON.stringify(key)}]`, wanted[key], actual[key]));
}

function isSame(wanted: unknown, actual: unknown): boolean {
  return hasUnknown(wanted) || isDeepStrictEqual(plain({ value: wanted }), plain({ value: actual }));
}

function difference(property: string, program: unknown, daemon: unknown): Failure {
  const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  return { property, reason: `import: is ${shown(program)} in the program and ${shown(daemon)} on the daemon` };
}

/** What is imported was compared with the program in `check`, and is taken as it is. */
export async function takeOver(
  { client, urn, importId = "" }: CreateContext<Outputs>,
  inputs: Inputs,
): Promise<Made<Outputs>> {
  const found = await findById(client, importId);
  if (found === undefined) throw new LxdError({ code: "not-found", why: "the image is gone" });
  const outputs = toOutputs(inputs, found, urn);
  return { id: idOf(outputs), outputs, isTakenOver: true };
}

/** An image of which nothing is known but its ID, read as it is. */
export function unwritten(found: WireImage, project: string): Inputs {
  const { aliases, properties, auto_update: autoUpdate, expires_at: expiresAt } = found;
  const shown = Object.entries(properties ?? {}).filter(([key]) => !isBookkeeping(key));
  return {
    aliases: aliases ?? [],
    properties: Object.fromEntries(shown),
    public: found.public,
    ...{ autoUpdate, expiresAt, profiles: found.profiles ?? [] },
    aliasPolicy: "fail",
    adopt: false,
    project,
  };
}
