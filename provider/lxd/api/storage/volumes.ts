// Custom storage volumes of the server, in particular ISO volumes.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { path, type Query } from "../../client/transport/paths";
import { headerPrefix } from "../../client/discovery/server-info";
import { type UploadStream } from "../../client/transport/watched-upload";

/** The location of a volume. */
export interface VolumeAddress {
  project: string;
  pool: string;
  name: string;
  /** The cluster member that stores the volume, if the pool is local to members. */
  target?: string | undefined;
}

const volumeSchema = z.object({
  name: z.string(),
  description: z.string().default(""),
  content_type: z.string(),
  config: z.record(z.string(), z.string()).nullish(),
  location: z.string().default(""),
  created_at: z.string().default(""),
  used_by: z.array(z.string()).nullish(),
});
export type WireVolume = z.output<typeof volumeSchema>;

/**
 * Returns the cluster member that stores a volume; undefined on a single server (`none`) and for pools shared by all
 * members (empty).
 */
export function memberOf({ location }: { location?: string | undefined }): string | undefined {
  return location === undefined || location === "" || location === "none" ? undefined : location;
}

/** Size of the content in bytes, or that size as rounded up by the pool when it copied the volume. */
export function sizeOf(wire: WireVolume): number {
  return Number(wire.config?.["size"] ?? NaN);
}

export function findVolume(client: Client, at: VolumeAddress): Promise<Found<WireVolume> | undefined> {
  return client.find(volumePath(at), volumeSchema, queryOf(at));
}

/** Lists the ISO volumes of a pool; in a cluster, those of all members. */
export async function listIsoVolumes(
  client: Client,
  at: Pick<VolumeAddress, "project" | "pool">,
): Promise<WireVolume[]> {
  return (await listVolumes(client, at)).filter((volume) => volume.content_type === "iso");
}

/** Lists the names of all custom volumes of a pool; in a cluster, those of all members. */
export async function listVolumeNames(client: Client, at: Pick<VolumeAddress, "project" | "pool">): Promise<string[]> {
  return (await listVolumes(client, at)).map(({ name }) => name);
}

/** Lists all custom volumes of a pool; in a cluster, those of all members. */
export async function listVolumes(client: Client, at: Pick<VolumeAddress, "project" | "pool">): Promise<WireVolume[]> {
  const collection = path("storage-pools", at.pool, "volumes", "custom");
  return (await client.get(collection, z.array(volumeSchema), { project: at.project, recursion: "1" })).value;
}

export interface IsoUpload {
  stream: UploadStream;
  sizeBytes: number | undefined;
  deadlineMs: number;
}

/** The only way to create an ISO volume. The server checks pool and name only after the last byte. */
export async function importIsoVolume(client: Client, at: VolumeAddress, upload: IsoUpload): Promise<void> {
  const prefix = headerPrefix(await client.info());
  await client.change({
    method: "POST",
    path: path("storage-pools", at.pool, "volumes", "custom"),
    query: queryOf(at),
    upload: { ...upload, headers: { [`${prefix}-name`]: at.name, [`${prefix}-type`]: "iso" } },
    deadlineMs: upload.deadlineMs,
  });
}

/** Copies a volume within the server or cluster; its bytes do not pass through this machine. */
export async function copyVolume(
  client: Client,
  at: VolumeAddress,
  from: VolumeAddress & { sizeBytes: number },
  options: { deadlineMs: number; onProgress: (text: string) => void },
): Promise<void> {
  const source = copySource(from, at);
  // A copy from another member has no size of its own.
  const config = from.target === undefined ? undefined : { size: String(from.sizeBytes) };
  const json = { name: at.name, type: "custom", content_type: "iso", config, source };
  const collection = path("storage-pools", at.pool, "volumes", "custom");
  await client.change({ method: "POST", path: collection, query: queryOf(at), json, ...options });
}

/**
 * In a pool that is local to members, another member finds the original only by its location, and then rejects a
 * project that equals its own.
 */
export function copySource({ name, pool, project, target: location }: VolumeAddress, to: VolumeAddress): object {
  return { type: "copy", name, pool, project: project === to.project ? undefined : project, location };
}

/** Sends the config back byte for byte: servers reject any other for an ISO volume. */
export async function describeVolume(
  client: Client,
  at: VolumeAddress,
  { value, etag }: Found<WireVolume>,
  description: string,
): Promise<void> {
  const json = { description, config: value.config ?? {} };
  await client.change({ method: "PUT", path: volumePath(at), query: queryOf(at), json, ifMatch: etag });
}

export async function deleteVolume(client: Client, at: VolumeAddress): Promise<void> {
  await client.change({ method: "DELETE", path: volumePath(at), query: queryOf(at) });
}

export function customPath({ pool }: VolumeAddress): string {
  return path("storage-pools", pool, "volumes", "custom");
}

export function volumePath({ pool, name }: VolumeAddress): string {
  return path("storage-pools", pool, "volumes", "custom", name);
}

export function queryOf({ project, target }: VolumeAddress): Query {
  return { project, target };
}
