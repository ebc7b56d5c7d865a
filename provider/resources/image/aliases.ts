// The aliases of an image: made, moved from the image that it succeeds, taken away. Those of others are left alone.
import {
  type Alias,
  createAlias,
  deleteAlias,
  findAlias,
  findImage,
  type ImageAddress,
  pointAlias,
} from "../../api/images";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";
import { type Draft, type Failure } from "../../kind";
import { isUnknown } from "../../unknowns";
import { isOwnedBy } from "./owners";

/** What is done about an alias that somebody has already: an error, share it if it names this image, or move it here. */
export type AliasPolicy = "fail" | "adopt" | "move";

/** From which images an alias may be moved here. */
export interface Successor {
  urn: string;
  policy: AliasPolicy | undefined;
  /** Whether aliases that name this image already may be somebody else's. */
  isShared: boolean;
  /** The image in whose place this one comes. */
  replaced: Draft<ImageAddress> | undefined;
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
    const error = await obstacle(client, at, name, successor);
    if (error !== undefined) failures.push({ property: `aliases[${i}]`, reason: error.message });
  }
  return failures;
}

export async function ensureAlias(client: Client, at: ImageAddress, alias: Alias, successor: Successor): Promise<void> {
  const error = await obstacle(client, at, alias.name, successor);
  if (error !== undefined) throw error;
  const found = await findAlias(client, at.project, alias.name);
  if (found === undefined) await createAlias(client, at, alias);
  else if (found.target !== at.fingerprint || found.description !== alias.description)
    await pointAlias(client, at, alias);
}

/** Takes an alias away if it still points at this image. */
export async function dropAlias(client: Client, at: ImageAddress, name: string): Promise<void> {
  const found = await findAlias(client, at.project, name);
  if (found?.target === at.fingerprint) await deleteAlias(client, at.project, name);
}

/** An alias may be moved here from an image that this same resource has made before, and from no other. */
async function obstacle(
  client: Client,
  at: ImageAddress,
  name: string,
  { urn, replaced, policy, isShared }: Successor,
): Promise<LxdError | undefined> {
  const found = policy === "move" ? undefined : await findAlias(client, at.project, name);
  if (found === undefined) return undefined;
  if (found.target === at.fingerprint) return isShared && policy !== "adopt" ? sharedAlias(name) : undefined;
  if (replaced?.fingerprint === found.target && replaced.project === at.project) return undefined;
  const target = await findImage(client, { project: at.project, fingerprint: found.target });
  if (target === undefined || isOwnedBy(target.value, urn)) return undefined;
  return new LxdError({
    code: "already-exists",
    why: `the alias "${name}" belongs to the image ${found.target.slice(0, 12)}`,
    advice: 'Choose another alias, delete that one first, or set aliasPolicy: "move" to point it here.',
  });
}

function sharedAlias(name: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `somebody else has given this image the alias "${name}" already`,
    advice: 'Choose another alias, or set aliasPolicy: "adopt" to have that one as well.',
  });
}
