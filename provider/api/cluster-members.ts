// The members of a cluster.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";

/** Their names, in the server's order. Only for a server that is one of a cluster. */
export async function listMembers(client: Client): Promise<string[]> {
  const members = await client.get(path("cluster", "members"), z.array(z.string()));
  return members.value.map((url) => decodeURIComponent(url.slice(url.lastIndexOf("/") + 1)));
}
