// Registers which resources of a program want which aliases, as found in this run's checks, so that aliases can move.
import { type Client } from "../../../lxd/client/core/client";
import { type NameClaim, runRegistry } from "../../../engine/run-registry";
import { type CheckContext, type Failure } from "../../../kind/kind";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { isSameStack } from "../../shared/ownership";
import { type ImageInputs, type PartialImageInputs } from "../inputs";

/** An alias as seen by one resource. */
export interface AliasOf {
  client: Client;
  project: string;
  name: string;
  urn: string;
}

type ImageCheckContext = CheckContext<ImageInputs>;

/**
 * Registers the aliases that a resource wants. A check does this before its first request: the engine may already be
 * updating the resource that loses one of them.
 */
export function claimAliases(check: ImageCheckContext, inputs: PartialImageInputs): void {
  const { fingerprint } = inputs;
  const object = isUnknown(fingerprint) ? undefined : fingerprint;
  const claims = knownAliases(check, inputs).map((alias) => {
    return [keyOf(alias), { isExclusive: isExclusive(inputs, alias.name), object }] as const;
  });
  runRegistry().claim(check.urn, new Map(claims));
}

/** Aliases that another image of the program also wants, although neither shares or takes over aliases. */
export function rivalFailures(check: ImageCheckContext, inputs: PartialImageInputs): Failure[] {
  const own = knownAliases(check, inputs).filter(({ name }) => isExclusive(inputs, name));
  return own.flatMap((alias) => {
    const isRival = ([urn, claim]: [string, NameClaim]): boolean => claim.isExclusive && isSameStack(urn, alias.urn);
    const [rival] = othersWho(alias).find(isRival) ?? [];
    return rival === undefined ? [] : [claimedTwice(inputs, alias.name, rival)];
  });
}

/** Whether the resource registered the alias in this run. */
export function isClaimed(alias: AliasOf): boolean {
  return runRegistry().claimsOf(keyOf(alias)).has(alias.urn);
}

/** The other resources of this run that want the alias. */
export function othersWho(alias: AliasOf): [string, NameClaim][] {
  return [...runRegistry().claimsOf(keyOf(alias))].filter(([urn]) => urn !== alias.urn);
}

function isExclusive({ aliasPolicy, copiedAliases = [] }: PartialImageInputs, alias: string): boolean {
  return aliasPolicy === "fail" && !copiedAliases.some(({ name }) => name === alias);
}

function knownAliases(check: ImageCheckContext, { project, aliases }: PartialImageInputs): AliasOf[] {
  const { urn } = check;
  const client = clientOf(check);
  if (client === undefined || project === undefined || isUnknown(project) || !Array.isArray(aliases)) return [];
  return aliases.flatMap(({ name }) => (isUnknown(name) ? [] : [{ client, project, name, urn }]));
}

/** Undefined while the server is unknown; the check reports an invalid `remote` later. */
function clientOf({ client, inputs }: ImageCheckContext): Client | undefined {
  if (hasUnknown(inputs.remote)) return undefined;
  try {
    return client();
  } catch {
    return undefined;
  }
}

function claimedTwice({ aliases = [] }: PartialImageInputs, alias: string, urn: string): Failure {
  const at = aliases.findIndex(({ name }) => name === alias);
  const reason = `"${alias}" is an alias of another image of this program, ${urn}; remove it from one of the two`;
  return { property: `aliases[${at}]`, reason };
}

function keyOf({ client, project, name }: AliasOf): string {
  return JSON.stringify(["alias", client.transport.place, project, name]);
}
