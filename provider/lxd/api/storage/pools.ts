// Storage pools of the server.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { path } from "../../client/transport/paths";
import { findItself } from "../itself";

const poolSchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  driver: z.string(),
  status: z.string().default("Created"),
  config: z.record(z.string(), z.string()).nullish(),
  used_by: z.array(z.string()).nullish(),
});
export type WirePool = z.output<typeof poolSchema>;

export async function findPool(client: Client, name: string): Promise<WirePool | undefined> {
  return (await readPool(client, name))?.value;
}

/** Returns the pool with its ETag, for a later change. */
export function readPool(client: Client, name: string): Promise<Found<WirePool> | undefined> {
  return findItself(client, path("storage-pools", name), { schema: poolSchema });
}

/** The fields that a PUT replaces entirely. */
export interface PoolSettings {
  description: string;
  config: Record<string, string>;
}

/** With a member, only defines that member's own settings; without one, creates the pool. */
export async function createPool(
  client: Client,
  name: string,
  { member, ...pool }: Partial<PoolSettings> & { driver: string; member?: string },
): Promise<void> {
  const json = { name, ...pool };
  await client.change({ method: "POST", path: path("storage-pools"), query: { target: member }, json });
}

export async function updatePool(
  client: Client,
  name: string,
  { etag }: Found<WirePool>,
  json: PoolSettings,
): Promise<void> {
  await client.change({ method: "PUT", path: path("storage-pools", name), json, ifMatch: etag });
}

export async function deletePool(client: Client, name: string): Promise<void> {
  await client.change({ method: "DELETE", path: path("storage-pools", name) });
}

/** Lists all pools. Incus 6.0 denies this to clients that are restricted to projects. */
export async function listPools(client: Client): Promise<WirePool[]> {
  return (await client.get(path("storage-pools"), z.array(poolSchema), { recursion: "1" })).value;
}

const resourcesSchema = z.object({ space: z.object({ used: z.number().default(0), total: z.number().default(0) }) });

/** Returns the space of a pool; undefined if its driver does not report it. */
export async function poolSpace(
  client: Client,
  pool: string,
  target?: string,
): Promise<{ freeBytes: number; totalBytes: number } | undefined> {
  const found = await client.find(path("storage-pools", pool, "resources"), resourcesSchema, { target });
  const space = found?.value.space;
  if (space === undefined || space.total === 0) return undefined;
  return { freeBytes: space.total - space.used, totalBytes: space.total };
}

/** Returns the free bytes of a pool; undefined if its driver does not report them. */
export async function freeSpace(client: Client, pool: string, target?: string): Promise<number | undefined> {
  return (await poolSpace(client, pool, target))?.freeBytes;
}
