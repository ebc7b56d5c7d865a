// What all nouns share: which daemon, which project, and the checks that each of them makes first.
import { findPool, listPools } from "../api/pools";
import { listProjects, readProject } from "../api/projects";
import { type Client } from "../client/client";
import { namedRemote } from "../client/named-remote";
import { isCode } from "../errors";
import { type CommonInputs, type Draft, type Failure, type StackConfig } from "../kind";
import { nearest } from "../nearest";
import { name, strict } from "../schema";
import { isUnknown } from "../unknowns";
import { isPlanned } from "./planned";

export const remoteSchema = strict({
  name: name.optional(),
  socket: name.optional(),
  address: name.optional(),
  serverCertificateFingerprint: name.optional(),
  certificateAuthority: name.optional(),
  clientCertificate: name.optional(),
  clientKey: name.optional(),
  trustToken: name.optional(),
  bearerToken: name.optional(),
  project: name.optional(),
}).optional();

/** The resource's, that of its own remote, the stack's, that of the stack's remote: the first that is said. */
export function projectOf({ project, remote }: Draft<CommonInputs>, config: StackConfig): string {
  const ofRemote = isUnknown(remote) ? undefined : (remote?.project ?? projectOfRemote(remote?.name));
  return project ?? ofRemote ?? config.project ?? projectOfRemote(config.remote) ?? "default";
}

function projectOfRemote(remote: string | undefined): string | undefined {
  return remote === undefined || isUnknown(remote) ? undefined : namedRemote(remote, process.env).project;
}

export async function checkProject(client: Client, project: string | undefined): Promise<Failure[]> {
  // Whether a client may use the default project, other answers tell.
  if (project === undefined || isUnknown(project) || project === "default") return [];
  if (isPlanned(client, "project", project)) return [];
  try {
    if ((await readProject(client, project)) !== undefined) return [];
  } catch (error) {
    if (!isCode(error, "permission-denied")) throw error;
    const names = (await listProjects(client)).map(({ name }) => name);
    const reason = `this client may not use the project "${project}"; it may use: ${names.join(", ") || "none"} [permission-denied]`;
    return [{ property: "project", reason }];
  }
  const near = nearest(
    project,
    (await listProjects(client)).map(({ name }) => name),
  );
  const hint = near === undefined ? "create it, or name another" : `did you mean "${near}"?`;
  return [{ property: "project", reason: `there is no project "${project}"; ${hint} [not-found]` }];
}

export async function checkPool(client: Client, pool: string | undefined, property: string): Promise<Failure[]> {
  if (pool === undefined || isUnknown(pool) || isPlanned(client, "storage pool", pool)) return [];
  const found = await findPool(client, pool);
  if (found !== undefined && found.status === "Created") return [];
  if (found !== undefined)
    return [{ property, reason: `the storage pool "${pool}" is not ready: it is ${found.status}` }];
  const names = await poolNames(client);
  const near = nearest(pool, names);
  const hint = near === undefined ? `pools here are: ${names.join(", ") || "none"}` : `did you mean "${near}"?`;
  return [{ property, reason: `there is no storage pool "${pool}"; ${hint} [not-found]` }];
}

async function poolNames(client: Client): Promise<string[]> {
  try {
    return (await listPools(client)).map(({ name }) => name);
  } catch (error) {
    if (isCode(error, "permission-denied")) return ["not shown to this client"];
    throw error;
  }
}

/** Numbers and booleans as the strings that the daemons know. */
export function spelledOut(map: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, String(value)]));
}
