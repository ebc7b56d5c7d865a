// The daemon's projects.
import { z } from "zod";
import { type Client } from "../client/client";
import { path } from "../client/paths";

const projectSchema = z.object({ name: z.string(), config: z.record(z.string(), z.string()).nullish() });
export type WireProject = z.output<typeof projectSchema>;

export async function findProject(client: Client, name: string): Promise<WireProject | undefined> {
  // The project is the object itself here, so its absence is no error of what holds it.
  const projects = await client.get(path("projects"), z.array(projectSchema), { recursion: "1" });
  return projects.value.find((project) => project.name === name);
}
