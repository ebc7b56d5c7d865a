// Whether the pool or the project of an object is gone, and the object with it.
import { readPool } from "../lxd/api/storage/pools";
import { readProject } from "../lxd/api/projects";
import { type Client } from "../lxd/client/core/client";
import { isCode } from "../base/errors";

/** `error` is that of a request for the object. The place itself is asked for: the server's words are no evidence. */
export async function isParentGone(client: Client, at: object, error: unknown): Promise<boolean> {
  if (!isCode(error, "not-found")) return false;
  const { project, pool } = at as { project?: string; pool?: string };
  if (project !== undefined && project !== "default" && (await readProject(client, project)) === undefined) return true;
  return pool !== undefined && (await readPool(client, pool)) === undefined;
}
