// The aliases of an image: made, moved from the image that it succeeds, taken away. Those of others are left alone.
import {
  type Alias,
  createAlias,
  deleteAlias,
  findAlias,
  findImage,
  type ImageAddress,
  pointAlias,
} from "../api/images";
import { type Client } from "../client/client";
import { LxdError } from "../errors";
import { type Draft, type Failure } from "../kind";
import { isUnknown } from "../unknowns";
import { isOwnedBy } from "./image-owners";

/** From which images an alias may be moved here. */
export interface Successor {
  urn: string;
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
  { urn, replaced }: Successor,
): Promise<LxdError | undefined> {
  const found = await findAlias(client, at.project, name);
  if (found === undefined || found.target === at.fingerprint) return undefined;
  if (replaced?.fingerprint === found.target && replaced.project === at.project) return undefined;
  const target = await findImage(client, { project: at.project, fingerprint: found.target });
  if (target === undefined || isOwnedBy(target.value, urn)) return undefined;
  return new LxdError({
    code: "already-exists",
    why: `the alias "${name}" belongs to the image ${found.target.slice(0, 12)}`,
    advice: "Choose another alias, or delete that one first.",
  });
}
