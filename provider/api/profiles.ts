// The daemon's profiles.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";

const map = z.record(z.string(), z.string());
const profileSchema = z.object({
  name: z.string(),
  devices: z.record(z.string(), map).nullish(),
  config: map.nullish(),
});
export type WireProfile = z.output<typeof profileSchema>;

export async function listProfiles(client: Client, project: string): Promise<WireProfile[]> {
  return (await client.get(path("profiles"), z.array(profileSchema), { recursion: "1", project })).value;
}
