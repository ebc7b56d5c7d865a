// Helpers shared by all kinds: the remote, the project, and the checks that every kind runs first.
import { findPool, listPools } from "../../lxd/api/storage/pools";
import { listProjects, readProject } from "../../lxd/api/projects";
import { type Client } from "../../lxd/client/core/client";
import { findDaemon } from "../../lxd/client/discovery/discovery";
import { isCode } from "../../base/errors";
import {
  type CheckContext,
  type CommonInputs,
  type Failure,
  type PartialInputs,
  type StackConfig,
} from "../../kind/kind";
import { nearest } from "../../base/nearest";
import { name, strict } from "../../kind/schema";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
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

/**
 * The first project set, in order: the resource, its own remote, the stack configuration, the source that names the
 * stack's server. A project from that source applies to its server only.
 */
export function projectOf({ project, remote }: PartialInputs<CommonInputs>, config: StackConfig): string {
  if (project !== undefined) return project;
  const own = isUnknown(remote) ? undefined : remote;
  if (own?.project !== undefined) return own.project;
  if (isUnknown(remote) || hasUnknown(own)) return config.project ?? "default";
  const { name, socket, address } = own ?? {};
  const isElsewhere = (name ?? socket ?? address) !== undefined;
  // A missing daemon is reported elsewhere.
  const ofPlace = findDaemon({ explicit: own, config, env: process.env })?.project;
  return (isElsewhere ? (ofPlace ?? config.project) : (config.project ?? ofPlace)) ?? "default";
}

/** The project as a computed input. */
export function computedProject<Inputs extends CommonInputs>({
  inputs,
  config,
}: CheckContext<Inputs>): PartialInputs<Inputs> {
  return { project: projectOf(inputs, config) } as PartialInputs<Inputs>;
}

export async function checkProject(client: Client, project: string | undefined): Promise<Failure[]> {
  if (project === undefined || isUnknown(project)) return [];
  if (isPlanned(client, "project", project)) return [];
  try {
    if ((await readProject(client, project)) !== undefined) return [];
  } catch (error) {
    return [await refusedProject(client, project, error)];
  }
  const near = nearest(
    project,
    (await listProjects(client)).map(({ name }) => name),
  );
  const hint = near === undefined ? "create it, or name another" : `did you mean "${near}"?`;
  return [{ property: "project", reason: `there is no project "${project}"; ${hint} [not-found]` }];
}

async function refusedProject(client: Client, project: string, error: unknown): Promise<Failure> {
  if (!isCode(error, "permission-denied")) throw error;
  const names = (await listProjects(client)).map(({ name }) => name);
  const reason = `this client may not use the project "${project}"; it may use: ${names.join(", ") || "none"} [permission-denied]`;
  return { property: "project", reason };
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

/** Converts numbers and booleans to the strings that the daemons store. */
export function toStrings(map: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, String(value)]));
}
