// Projects of the server.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { type Found } from "../client/core/requests";
import { path } from "../client/transport/paths";
import { findItself } from "./itself";

const projectSchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  config: z.record(z.string(), z.string()).nullish(),
  used_by: z.array(z.string()).nullish(),
});
export type WireProject = z.output<typeof projectSchema>;

/** The fields that a PUT replaces entirely. */
export type ProjectSettings = Required<Pick<WireProject, "description" | "config">>;

/** Lists the projects that this client may use. */
export async function listProjects(client: Client): Promise<WireProject[]> {
  return (await client.get(path("projects"), z.array(projectSchema), { recursion: "1" })).value;
}

/**
 * Returns the project with its ETag. A client restricted to certain projects is denied all others, whether or not they
 * exist.
 */
export function readProject(client: Client, name: string): Promise<Found<WireProject> | undefined> {
  return findItself(client, path("projects", name), { schema: projectSchema });
}

export async function createProject(client: Client, name: string, settings: ProjectSettings): Promise<void> {
  await client.change({ method: "POST", path: path("projects"), json: { name, ...settings } });
}

export async function updateProject(
  client: Client,
  name: string,
  { etag }: Found<WireProject>,
  settings: ProjectSettings,
): Promise<void> {
  await client.change({ method: "PUT", path: path("projects", name), json: settings, ifMatch: etag });
}

export async function deleteProject(client: Client, name: string): Promise<void> {
  await client.change({ method: "DELETE", path: path("projects", name) });
}
