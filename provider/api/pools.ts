// The daemon's storage pools.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";

const poolSchema = z.object({ name: z.string(), driver: z.string(), status: z.string().default("Created") });
export type WirePool = z.output<typeof poolSchema>;

export async function listPools(client: Client): Promise<WirePool[]> {
  return (await client.get(path("storage-pools"), z.array(poolSchema), { recursion: "1" })).value;
}
