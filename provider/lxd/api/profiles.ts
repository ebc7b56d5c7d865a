// Profiles of the server.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { type Found } from "../client/core/requests";
import { path } from "../client/transport/paths";

const map = z.record(z.string(), z.string());
const profileSchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  devices: z.record(z.string(), map).nullish(),
  config: map.nullish(),
  used_by: z.array(z.string()).nullish(),
});
export type WireProfile = z.output<typeof profileSchema>;

export interface ProfileAddress {
  project: string;
  name: string;
}

/** The fields that a PUT replaces entirely. */
export type ProfileSettings = Required<Pick<WireProfile, "description" | "config" | "devices">>;

export async function listProfiles(client: Client, project: string): Promise<WireProfile[]> {
  return (await client.get(path("profiles"), z.array(profileSchema), { recursion: "1", project })).value;
}

export function findProfile(
  client: Client,
  { project, name }: ProfileAddress,
): Promise<Found<WireProfile> | undefined> {
  return client.find(path("profiles", name), profileSchema, { project });
}

export async function createProfile(
  client: Client,
  { project, name }: ProfileAddress,
  settings: ProfileSettings,
): Promise<void> {
  await client.change({ method: "POST", path: path("profiles"), query: { project }, json: { name, ...settings } });
}

export async function updateProfile(
  client: Client,
  { project, name }: ProfileAddress,
  { etag }: Found<WireProfile>,
  settings: ProfileSettings,
): Promise<void> {
  const json = settings;
  await client.change({ method: "PUT", path: path("profiles", name), query: { project }, json, ifMatch: etag });
}

export async function deleteProfile(client: Client, { project, name }: ProfileAddress): Promise<void> {
  await client.change({ method: "DELETE", path: path("profiles", name), query: { project } });
}
