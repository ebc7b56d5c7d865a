// Detects that the pool or project of an object no longer exists, and therefore neither does the object.
import { readPool } from "../lxd/api/storage/pools";
import { readProject } from "../lxd/api/projects";
import { type Client } from "../lxd/client/core/client";
import { isCode } from "../base/errors";

/**
 * `error` is from a request for the object. Asks for the pool and the project themselves, because the server's error
 * message proves nothing.
 */
export async function isParentGone(client: Client, at: object, error: unknown): Promise<boolean> {
  if (!isCode(error, "not-found")) return false;
  const { project, pool } = at as { project?: string; pool?: string };
  if (project !== undefined && project !== "default" && (await readProject(client, project)) === undefined) return true;
  return pool !== undefined && (await readPool(client, pool)) === undefined;
}
