// The daemon's storage pools.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";
import { findItself } from "./itself";

const poolSchema = z.object({
  name: z.string(),
  driver: z.string(),
  status: z.string().default("Created"),
  config: z.record(z.string(), z.string()).nullish(),
});
export type WirePool = z.output<typeof poolSchema>;

export async function findPool(client: Client, name: string): Promise<WirePool | undefined> {
  return (await findItself(client, path("storage-pools", name), { schema: poolSchema }))?.value;
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
