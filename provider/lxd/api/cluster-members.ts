// Members of a cluster.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { path } from "../client/transport/paths";

const memberSchema = z.object({
  server_name: z.string(),
  /** `Online`, `Evacuated`, `Offline` or `Blocked`. */
  status: z.string().default("Online"),
  message: z.string().default(""),
});
export type WireMember = z.output<typeof memberSchema>;

/** Lists the members in the server's order. Only for clustered servers. */
export async function listMembers(client: Client): Promise<WireMember[]> {
  return (await client.get(path("cluster", "members"), z.array(memberSchema), { recursion: "1" })).value;
}

/**
 * Lists the members of a cluster group; empty if the group does not exist. Requires the API extension
 * `clustering_groups`.
 */
export async function listGroupMembers(client: Client, group: string): Promise<string[]> {
  const schema = z.object({ members: z.array(z.string()).nullish() });
  return (await client.find(path("cluster", "groups", group), schema))?.value.members ?? [];
}
