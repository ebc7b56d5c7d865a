// The daemon's projects.
import { z } from "zod";
import { type Client, type Found } from "../client/client";
import { path } from "../client/paths";
import { findItself } from "./itself";

const projectSchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  config: z.record(z.string(), z.string()).nullish(),
  used_by: z.array(z.string()).nullish(),
});
export type WireProject = z.output<typeof projectSchema>;

/** The fields that a PUT replaces as a whole. */
export type ProjectSettings = Required<Pick<WireProject, "description" | "config">>;

export async function findProject(client: Client, name: string): Promise<WireProject | undefined> {
  // The project is the object itself here, so its absence is no error of what holds it.
  const projects = await client.get(path("projects"), z.array(projectSchema), { recursion: "1" });
  return projects.value.find((project) => project.name === name);
}

/** With the ETag, for a change of it. */
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
