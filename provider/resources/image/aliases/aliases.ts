// Manages the aliases of an image: creates them, moves them from another image of the stack, deletes them. Aliases of
// other owners are left alone.
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
import { isOwnedBy, ownersOf } from "../owners";
import { queued } from "../../../base/concurrency";
import { type AliasPolicy } from "../inputs";

/** Determines from which images an alias may be moved. */
export interface Successor {
  urn: string;
  policy: AliasPolicy | undefined;
  /** Whether existing aliases of this image may belong to someone else. */
  isShared: boolean;
  /** The image that this one replaces. */
  replaced: PartialInputs<ImageAddress> | undefined;
}

/** Aliases that point to someone else's image. */
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

/** How often an alias that another client moved in the meantime is read again. */
const attempts = 3;

/** Creates an alias, or moves it here in one request. */
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

/** Deletes an alias that still points to this image, unless another resource also created it or wants it. */
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
    // An alias in no list could not be taken over by another resource.
    if (makers.length === 0) await deleteAlias(client, project, name);
    else if (heir !== undefined) await handOver(client, { project, alias: found }, heir);
    else if (!runRegistry().isListedElsewhere(urn, name)) await deleteAlias(client, project, name);
  });
}

/** The first resource to run moves the alias, since the other may have no other change; a new image takes it itself. */
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

/**
 * Serializes work on an alias, so that no other resource of this run moves it between a read and the resulting write.
 */
function inTurnOf<T>(client: Client, { project }: ImageAddress, alias: string, work: () => Promise<T>): Promise<T> {
  return queued(["alias", client.transport.place, project, alias], work);
}

interface Place {
  at: ImageAddress;
  name: string;
  /** The current alias. */
  found: WireAlias | undefined;
}

/** An alias may be moved here from an image that the same resource created earlier, or whose resource gives it up. */
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
  if (isHere) return sharedAlias(name, target);
  return isOwnedBy(target, urn) ? undefined : takenAlias(name, target);
}

/** Whether an alias belongs to this stack and only this resource wants it in this run. */
function isGivenUp(image: WireImage, alias: AliasOf): boolean {
  const makers = makersOf(image, alias.name);
  const isOnlyOne = isClaimed(alias) && othersWho(alias).length === 0;
  return isOnlyOne && makers.length > 0 && makers.every((maker) => isSameStack(maker, alias.urn));
}

function takenAlias(name: string, image: WireImage): LxdError {
  const [owner] = [...makersOf(image, name), ...ownersOf(image)];
  const whose = owner === undefined ? "" : ` of ${owner}`;
  return new LxdError({
    code: "already-exists",
    why: `the alias "${name}" belongs to the image ${image.fingerprint.slice(0, 12)}${whose}`,
    advice: 'Choose another alias, delete that one first, or set aliasPolicy: "move" to point it here.',
  });
}

function sharedAlias(name: string, image: WireImage): LxdError {
  const [maker] = makersOf(image, name);
  const whose = maker === undefined ? "this resource did not create" : `${maker} created`;
  return new LxdError({
    code: "already-exists",
    why: `this image already has the alias "${name}", which ${whose}`,
    advice: 'Choose another alias, or set aliasPolicy: "adopt" to adopt that one.',
  });
}
