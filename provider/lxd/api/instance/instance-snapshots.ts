// Snapshots of instances.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { path } from "../../client/transport/paths";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

/** `name` is that of the instance. */
export interface SnapshotAddress extends InstanceAddress {
  snapshot: string;
}

const snapshotSchema = z.object({
  name: z.string(),
  created_at: z.string(),
  /** The year 1 means never. */
  expires_at: z.string().default(""),
  stateful: z.boolean().default(false),
  /** The instance's config as of the snapshot. */
  config: z.record(z.string(), z.string()).nullish(),
});
export type WireSnapshot = z.output<typeof snapshotSchema>;

/** A missing instance has no snapshots either. */
export function findSnapshot(client: Client, at: SnapshotAddress): Promise<Found<WireSnapshot> | undefined> {
  return client.find(snapshotPath(at), snapshotSchema, { project: at.project });
}

export async function listSnapshots(client: Client, { project, name }: InstanceAddress): Promise<WireSnapshot[]> {
  const at = path("instances", name, "snapshots");
  return (await client.get(at, z.array(snapshotSchema), { project, recursion: "1" })).value;
}

export interface NewSnapshot {
  name: string;
  stateful: boolean;
  expires_at?: string;
}

const deadlineMs = 60 * 60_000;

export async function createSnapshot(
  client: Client,
  { project, name }: InstanceAddress,
  json: NewSnapshot,
  onProgress: (text: string) => void,
): Promise<void> {
  const at = path("instances", name, "snapshots");
  await client.change({ method: "POST", path: at, query: { project }, json, deadlineMs, onProgress });
}

/** The only property of a snapshot besides its name that can change; the year 1 means never. */
export async function setSnapshotExpiry(
  client: Client,
  at: SnapshotAddress,
  { etag, expiresAt }: { etag: string | undefined; expiresAt: string },
): Promise<void> {
  const json = { expires_at: expiresAt };
  await client.change({ method: "PUT", path: snapshotPath(at), query: { project: at.project }, json, ifMatch: etag });
}

export async function renameSnapshot(client: Client, at: SnapshotAddress, name: string): Promise<void> {
  await client.change({ method: "POST", path: snapshotPath(at), query: { project: at.project }, json: { name } });
}

/** Restores the instance to the snapshot. The server stops a running instance for this and starts it again. */
export async function restoreSnapshot(
  client: Client,
  at: SnapshotAddress,
  { stateful, onProgress }: { stateful: boolean; onProgress: (text: string) => void },
): Promise<void> {
  const json = { restore: at.snapshot, stateful };
  const request = { method: "PUT" as const, path: path("instances", at.name), query: { project: at.project }, json };
  await client.change({ ...request, deadlineMs, onProgress });
}

/** A missing snapshot counts as deleted. */
export async function deleteSnapshot(client: Client, at: SnapshotAddress): Promise<void> {
  const request = { method: "DELETE" as const, path: snapshotPath(at), query: { project: at.project } };
  await client.change({ ...request, deadlineMs }).catch((error: unknown) => {
    if (!isCode(error, "not-found")) throw error;
  });
}

function snapshotPath({ name, snapshot }: SnapshotAddress): string {
  return path("instances", name, "snapshots", snapshot);
}
