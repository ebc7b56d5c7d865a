// Networks of the server.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { type Found } from "../client/core/requests";
import { path } from "../client/transport/paths";

export interface NetworkAddress {
  project: string;
  name: string;
}

const networkSchema = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string().default(""),
  config: z.record(z.string(), z.string()).nullish(),
  used_by: z.array(z.string()).nullish(),
  /** Whether the server manages the network; the list contains interfaces of the host too. */
  managed: z.boolean(),
  status: z.string().default(""),
});
export type WireNetwork = z.output<typeof networkSchema>;

/** The fields that a PUT replaces entirely. */
export interface NetworkSettings {
  description: string;
  config: Record<string, string>;
}

export function findNetwork(
  client: Client,
  { project, name }: NetworkAddress,
): Promise<Found<WireNetwork> | undefined> {
  return client.find(path("networks", name), networkSchema, { project });
}

export interface NewNetwork extends Partial<NetworkSettings> {
  type: string;
}

/** With a member, only defines that member's own settings; without one, creates the network. */
export async function createNetwork(
  client: Client,
  { project, name }: NetworkAddress,
  { member, ...network }: NewNetwork & { member?: string },
): Promise<void> {
  const query = { project, target: member };
  await client.change({ method: "POST", path: path("networks"), query, json: { name, ...network } });
}

export async function updateNetwork(
  client: Client,
  { project, name }: NetworkAddress,
  { etag }: Found<WireNetwork>,
  json: NetworkSettings,
): Promise<void> {
  await client.change({ method: "PUT", path: path("networks", name), query: { project }, json, ifMatch: etag });
}

export async function deleteNetwork(client: Client, { project, name }: NetworkAddress): Promise<void> {
  await client.change({ method: "DELETE", path: path("networks", name), query: { project } });
}
