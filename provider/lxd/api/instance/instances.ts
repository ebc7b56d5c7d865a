// Instances of the server: containers and virtual machines.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { path } from "../../client/transport/paths";

export interface InstanceAddress {
  project: string;
  name: string;
}

export type StringMap = Record<string, string>;

const stringMap = z.record(z.string(), z.string());

const instanceSchema = z.object({
  name: z.string(),
  type: z.enum(["container", "virtual-machine"]),
  description: z.string().default(""),
  architecture: z.string().default(""),
  status: z.string(),
  status_code: z.number(),
  ephemeral: z.boolean().default(false),
  stateful: z.boolean().default(false),
  location: z.string().default(""),
  created_at: z.string().default(""),
  last_used_at: z.string().default(""),
  profiles: z.array(z.string()).nullish(),
  config: stringMap.nullish(),
  devices: z.record(z.string(), stringMap).nullish(),
  expanded_config: stringMap.nullish(),
  expanded_devices: z.record(z.string(), stringMap).nullish(),
});
export type WireInstance = z.output<typeof instanceSchema>;

export function findInstance(client: Client, at: InstanceAddress): Promise<Found<WireInstance> | undefined> {
  return client.find(instancePath(at), instanceSchema, { project: at.project });
}

/** Lists all instances of a project. */
export async function listInstances(client: Client, project: string): Promise<WireInstance[]> {
  return (await client.get(path("instances"), z.array(instanceSchema), { recursion: "1", project })).value;
}

/** Lists only the names, for servers with many instances. */
export async function listInstanceNames(client: Client, project: string): Promise<string[]> {
  const { value: urls } = await client.get(path("instances"), z.array(z.string()), { project });
  return urls.map((url) => decodeURIComponent((url.split("?")[0] ?? "").split("/").at(-1) ?? ""));
}

/** Lists the instances of all projects that the client may see, with their projects. */
export async function listAllInstances(client: Client): Promise<(WireInstance & { project: string })[]> {
  const schema = z.array(instanceSchema.extend({ project: z.string().default("default") }));
  return (await client.get(path("instances"), schema, { recursion: "1", "all-projects": "true" })).value;
}

const frozenSchema = instanceSchema.pick({ name: true, config: true, devices: true });

/** Returns the data stored in a snapshot. */
export async function findSnapshot(
  client: Client,
  at: InstanceAddress & { snapshot: string },
): Promise<Pick<WireInstance, "name" | "config" | "devices"> | undefined> {
  const frozen = path("instances", at.name, "snapshots", at.snapshot);
  return (await client.find(frozen, frozenSchema, { project: at.project }))?.value;
}

/** The initial content of a root disk. */
export type RootSource =
  | { type: "none" }
  | { type: "image"; fingerprint: string }
  | { type: "image"; mode: "pull"; server: string; protocol: string; [field: string]: string | undefined };

/**
 * `source` is `instance` or `instance/snapshot`. Config and devices that the request does not set come from the source.
 */
export type NewSource = RootSource | { type: "copy"; source: string; project: string; instance_only: boolean };

interface MakeOptions {
  deadlineMs: number;
  onProgress?: (text: string) => void;
}

export interface NewInstance {
  name: string;
  type: "container" | "virtual-machine";
  source: NewSource;
  description: string;
  architecture?: string | undefined;
  ephemeral: boolean;
  config: StringMap;
  devices: Record<string, StringMap>;
  profiles: string[];
}

export async function createInstance(
  client: Client,
  { project, target }: { project: string; target?: string | undefined },
  json: NewInstance,
  options: MakeOptions,
): Promise<void> {
  await client.change({ method: "POST", path: path("instances"), query: { project, target }, json, ...options });
}

/** Replaces the root disk of a stopped instance. Config and devices stay. */
export async function rebuildInstance(
  client: Client,
  at: InstanceAddress,
  source: RootSource,
  options: MakeOptions,
): Promise<void> {
  const rebuild = path("instances", at.name, "rebuild");
  await client.change({ method: "POST", path: rebuild, query: { project: at.project }, json: { source }, ...options });
}

/** Moves an instance to another pool or cluster member; with `live`, it keeps running. */
export async function moveInstance(
  client: Client,
  at: InstanceAddress,
  to: { pool: string } | { target: string; live: boolean },
  options: MakeOptions,
): Promise<void> {
  const query = { project: at.project, target: "target" in to ? to.target : undefined };
  const json = {
    name: at.name,
    migration: true,
    ...("pool" in to ? { pool: to.pool, live: false } : { live: to.live }),
  };
  await client.change({ method: "POST", path: instancePath(at), query, json, ...options });
}

/** The fields that a PUT replaces entirely. They include volatile config keys: dropping these changes identities. */
export type InstanceSettings = Pick<
  WireInstance,
  "architecture" | "config" | "devices" | "profiles" | "description" | "ephemeral" | "stateful"
>;

/**
 * Changes settings of an instance that was read before. Fails with `conflict` if somebody else has changed it since.
 */
export async function updateInstance(
  client: Client,
  at: InstanceAddress,
  { value, etag }: Found<WireInstance>,
  changes: Partial<InstanceSettings>,
): Promise<void> {
  const { architecture, config, devices, profiles, description, ephemeral, stateful } = value;
  const json = { architecture, config, devices, profiles, description, ephemeral, stateful, ...changes };
  await client.change({ method: "PUT", path: instancePath(at), query: { project: at.project }, json, ifMatch: etag });
}

/** Servers rename stopped instances only. */
export async function renameInstance(client: Client, at: InstanceAddress, name: string): Promise<void> {
  await client.change({ method: "POST", path: instancePath(at), query: { project: at.project }, json: { name } });
}

export async function deleteInstance(client: Client, at: InstanceAddress): Promise<void> {
  await client.change({ method: "DELETE", path: instancePath(at), query: { project: at.project } });
}

function instancePath({ name }: InstanceAddress): string {
  return path("instances", name);
}
