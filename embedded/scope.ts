// Which project and which pool a request works in.
import { notFound } from "./errors";
import type { Call } from "./http/call";
import type { PoolRecord, ProjectRecord } from "./store/records";

type Feature = "images" | "networks" | "profiles" | "storage.volumes";

/** The project asked for, or a 404 in the words of the place that asks: `Failed to load project "x": `. */
export function requireProject(call: Call, say: (name: string) => string = () => ""): ProjectRecord {
  const project = call.daemon.store.projects.find(call.project);
  if (project === undefined) throw notFound(`${say(call.project)}Project not found`);
  return project;
}

/** Where a project keeps objects of this kind: itself, or the default project when it lacks the feature. */
export function effectiveProject(project: ProjectRecord, feature: Feature): string {
  return project.config[`features.${feature}`] === "true" ? project.name : "default";
}

/** The pool of the path, or a 404. */
export function requirePool(call: Call): PoolRecord {
  const pool = call.daemon.store.pools.find(call.param("pool"));
  if (pool === undefined) throw notFound("Storage pool not found");
  return pool;
}
