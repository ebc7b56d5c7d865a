// Determines the project and pool of a request.
import { notFound } from "./errors";
import type { Call } from "./http/call";
import type { PoolRecord, ProjectRecord } from "./store/records";
import { isTrue } from "./instances/config-values";

type Feature = "images" | "networks" | "profiles" | "storage.volumes";

/** The requested project, or a 404 with the caller's prefix: `Failed to load project "x": `. */
export function requireProject(call: Call, say: (name: string) => string = () => ""): ProjectRecord {
  const project = call.daemon.store.projects.find(call.project);
  if (project === undefined) throw notFound(`${say(call.project)}Project not found`);
  return project;
}

/** The project that stores these objects: the project itself, or the default project if the feature is disabled. */
export function effectiveProject(project: ProjectRecord, feature: Feature): string {
  return isTrue(project.config[`features.${feature}`]) ? project.name : "default";
}

/** The pool in the path, or a 404. */
export function requirePool(call: Call): PoolRecord {
  const pool = call.daemon.store.pools.find(call.param("pool"));
  if (pool === undefined) throw notFound("Storage pool not found");
  return pool;
}
