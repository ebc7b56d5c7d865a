// The daemon's storage pools.
import { z } from "zod";
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

/** With the ETag, for a change of it. */
export function readPool(client: Client, name: string): Promise<Found<WirePool> | undefined> {
  return findItself(client, path("storage-pools", name), { schema: poolSchema });
}

/** The fields that a PUT replaces as a whole. */
export interface PoolSettings {
  description: string;
  config: Record<string, string>;
}

/** With a member, only what is that member's own is defined; without one, the pool is made. */
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

/** All of them. Incus 6.0 refuses this to a client whose certificate is restricted to projects. */
export async function listPools(client: Client): Promise<WirePool[]> {
  return (await client.get(path("storage-pools"), z.array(poolSchema), { recursion: "1" })).value;
}

const resourcesSchema = z.object({ space: z.object({ used: z.number().default(0), total: z.number().default(0) }) });

/** How much room a pool has, or undefined if its driver does not tell. */
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

/** Bytes that are free in a pool, or undefined if its driver does not tell. */
export async function freeSpace(client: Client, pool: string, target?: string): Promise<number | undefined> {
  return (await poolSpace(client, pool, target))?.freeBytes;
}
