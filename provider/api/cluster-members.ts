// The members of a cluster.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";

/** Their names, in the server's order. Only for a server that is one of a cluster. */
export async function listMembers(client: Client): Promise<string[]> {
  const members = await client.get(path("cluster", "members"), z.array(z.string()));
  return members.value.map((url) => decodeURIComponent(url.slice(url.lastIndexOf("/") + 1)));
}

/** The members of a group of theirs; none if there is no such group. Needs `clustering_groups`. */
export async function listGroupMembers(client: Client, group: string): Promise<string[]> {
  const schema = z.object({ members: z.array(z.string()).nullish() });
  return (await client.find(path("cluster", "groups", group), schema))?.value.members ?? [];
}
