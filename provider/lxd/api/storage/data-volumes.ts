// Custom storage volumes with data: file systems and block devices.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { path } from "../../client/transport/paths";
import { headerPrefix } from "../../client/discovery/server-info";
import {
  copySource,
  customPath,
  type IsoUpload,
  queryOf,
  type VolumeAddress,
  volumePath,
  type WireVolume,
} from "./volumes";

/** The fields that a PUT replaces entirely. */
export interface VolumeSettings {
  description: string;
  config: Record<string, string>;
}

export type ContentType = "filesystem" | "block";

/** Creates a blank volume. */
export async function createVolume(
  client: Client,
  at: VolumeAddress,
  settings: VolumeSettings & { content_type: ContentType },
): Promise<void> {
  const json = { name: at.name, type: "custom", ...settings };
  await client.change({ method: "POST", path: customPath(at), query: queryOf(at), json });
}

/** Copies a volume or, with `name/snapshot`, one of its snapshots. The config replaces that of the original. */
export async function createCopy(
  client: Client,
  at: VolumeAddress,
  settings: VolumeSettings & { from: VolumeAddress },
  options: { deadlineMs: number; onProgress: (text: string) => void },
): Promise<void> {
  const { from, ...rest } = settings;
  const source = { ...copySource(from, at), volume_only: true };
  const json = { name: at.name, type: "custom", ...rest, source };
  await client.change({ method: "POST", path: customPath(at), query: queryOf(at), json, ...options });
}

/** Creates a volume from a backup file. */
export async function importBackup(client: Client, at: VolumeAddress, upload: IsoUpload): Promise<void> {
  const headers = { [`${headerPrefix(await client.info())}-name`]: at.name };
  const { deadlineMs } = upload;
  const body = { ...upload, headers };
  await client.change({ method: "POST", path: customPath(at), query: queryOf(at), upload: body, deadlineMs });
}

export function findSnapshot(
  client: Client,
  at: VolumeAddress,
  snapshot: string,
): Promise<Found<{ name: string }> | undefined> {
  return client.find(snapshotPath(at, snapshot), z.object({ name: z.string() }), queryOf(at));
}

export async function updateVolume(
  client: Client,
  at: VolumeAddress,
  { etag }: Found<WireVolume>,
  json: VolumeSettings,
): Promise<void> {
  await client.change({ method: "PUT", path: volumePath(at), query: queryOf(at), json, ifMatch: etag });
}

/** Renames a volume or moves it to another pool, with its content. Devices of stopped instances are updated. */
export async function moveVolume(
  client: Client,
  at: VolumeAddress,
  to: { name: string; pool: string },
  deadlineMs: number,
): Promise<void> {
  const { name, pool } = to;
  const json = pool === at.pool ? { name } : { name, pool };
  await client.change({ method: "POST", path: volumePath(at), query: queryOf(at), json, deadlineMs });
}

function snapshotPath({ pool, name }: VolumeAddress, snapshot: string): string {
  return path("storage-pools", pool, "volumes", "custom", name, "snapshots", snapshot);
}
