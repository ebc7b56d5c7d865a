// The aliases of an image: made, moved from another image of the stack, taken away. Those of others are left alone.
import {
  type Alias,
  createAlias,
  deleteAlias,
  findAlias,
  findAliasRecord,
  findImage,
  type ImageAddress,
  pointAlias,
  type WireAlias,
  type WireImage,
} from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { type Found } from "../../../lxd/client/core/requests";
import { type NameClaim, runRegistry } from "../../../engine/run-registry";
import { isCode, LxdError } from "../../../base/errors";
import { type Failure, type PartialInputs } from "../../../kind/kind";
import { isUnknown } from "../../../kind/unknowns";
import { isSameStack } from "../../shared/ownership";
import { makersOf } from "./alias-lists";
import { type AliasOf, isClaimed, othersWho } from "./claims";
import { isOwnedBy } from "../owners";
import { queued } from "../../../base/concurrency";
import { type AliasPolicy } from "../inputs";

/** From which images an alias may be moved here. */
export interface Successor {
  urn: string;
  policy: AliasPolicy | undefined;
  /** Whether aliases that name this image already may be somebody else's. */
  isShared: boolean;
  /** The image in whose place this one comes. */
  replaced: PartialInputs<ImageAddress> | undefined;
}

/** Aliases that point at somebody else's image. */
export async function takenAliases(
  client: Client,
  at: ImageAddress,
  aliases: Alias[],
  successor: Successor,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const [i, { name }] of aliases.entries()) {
    if (isUnknown(name)) continue;
    const error = await obstacle(client, { at, name, found: await findAlias(client, at.project, name) }, successor);
    if (error !== undefined) failures.push({ property: `aliases[${i}]`, reason: error.message });
  }
  return failures;
}

/** How often an alias is looked at again that somebody else has moved meanwhile. */
const attempts = 3;

/** Makes an alias, or moves it here in one request. */
export function ensureAlias(client: Client, at: ImageAddress, alias: Alias, successor: Successor): Promise<void> {
  return inTurnOf(client, at, alias.name, async () => {
    for (let attempt = 1; ; attempt++) {
      const found = await findAliasRecord(client, at.project, alias.name);
      const error = await obstacle(client, { at, name: alias.name, found: found?.value }, successor);
      if (error !== undefined) throw error;
      if (found === undefined) return createAlias(client, at, alias);
      const { target, description } = found.value;
      if (target === at.fingerprint && description === alias.description) return;
      try {
        await pointAlias(client, at, { alias, etag: found.etag });
        return;
      } catch (conflict) {
        if (!isCode(conflict, "conflict") || attempt === attempts) throw conflict;
      }
    }
  });
}

/** Takes an alias away if it leads to this image still, unless another resource has made it too, or wants it. */
export function dropAlias(
  client: Client,
  at: ImageAddress,
  { name, urn }: { name: string; urn: string },
): Promise<void> {
  const { project } = at;
  return inTurnOf(client, at, name, async () => {
    const found = await findAliasRecord(client, project, name);
    if (found?.value.target !== at.fingerprint) return;
    const image = (await findImage(client, at))?.value;
    if (image === undefined) return;
    const makers = makersOf(image, name);
    const [heir] = othersWho({ client, project, name, urn });
    if (makers.some((maker) => maker !== urn)) return;
    // What is in no list, nobody else could take from here.
    if (makers.length === 0) await deleteAlias(client, project, name);
    else if (heir !== undefined) await handOver(client, { project, alias: found }, heir);
    else if (!runRegistry().isListedElsewhere(urn, name)) await deleteAlias(client, project, name);
  });
}

/** Whoever comes first moves an alias, as the other one may have nothing else to change; a new image takes it itself. */
async function handOver(
  client: Client,
  { project, alias: { value: alias, etag } }: { project: string; alias: Found<WireAlias> },
  [urn, { object }]: [string, NameClaim],
): Promise<void> {
  if (object === undefined || object === alias.target) return;
  const to = { project, fingerprint: object };
  const image = (await findImage(client, to))?.value;
  if (image !== undefined && isOwnedBy(image, urn)) await pointAlias(client, to, { alias, etag });
}

/** Between a look at an alias and what follows from it, no other resource of this run moves it. */
function inTurnOf<T>(client: Client, { project }: ImageAddress, alias: string, work: () => Promise<T>): Promise<T> {
  return queued(["alias", client.transport.place, project, alias], work);
}

interface Place {
  at: ImageAddress;
  name: string;
  /** The alias as it is. */
  found: WireAlias | undefined;
}

/** An alias may be moved here from an image that this same resource has made before, or that gives it up. */
async function obstacle(
  client: Client,
  { at, name, found }: Place,
  { urn, replaced, policy, isShared }: Successor,
): Promise<LxdError | undefined> {
  if (found === undefined || policy === "move") return undefined;
  const { project } = at;
  const isHere = found.target === at.fingerprint;
  if (isHere && (!isShared || policy === "adopt")) return undefined;
  if (!isHere && replaced?.fingerprint === found.target && replaced.project === project) return undefined;
  const target = (await findImage(client, { project, fingerprint: found.target }))?.value;
  if (target === undefined || isGivenUp(target, { client, project, name, urn })) return undefined;
  if (isHere) return sharedAlias(name);
  return isOwnedBy(target, urn) ? undefined : takenAlias(name, target);
}

/** Whether an alias is one of this stack, which in this run only the one resource wants. */
function isGivenUp(image: WireImage, alias: AliasOf): boolean {
  const makers = makersOf(image, alias.name);
  const isOnlyOne = isClaimed(alias) && othersWho(alias).length === 0;
  return isOnlyOne && makers.length > 0 && makers.every((maker) => isSameStack(maker, alias.urn));
}

function takenAlias(name: string, { fingerprint }: WireImage): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the alias "${name}" belongs to the image ${fingerprint.slice(0, 12)}`,
    advice: 'Choose another alias, delete that one first, or set aliasPolicy: "move" to point it here.',
  });
}

function sharedAlias(name: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `this image already has the alias "${name}", which this resource did not create`,
    advice: 'Choose another alias, or set aliasPolicy: "adopt" to adopt that one.',
  });
}
