// Creates instances from backup files.
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { type UploadStream } from "../../client/transport/watched-upload";
import { headerPrefix } from "../../client/discovery/server-info";
import { type InstanceAddress } from "./instances";

export interface BackupUpload {
  stream: UploadStream;
  sizeBytes: number | undefined;
  /** Default: the pool with the name of the backup's pool. */
  pool: string | undefined;
  target: string | undefined;
  deadlineMs: number;
}

/** Config, devices and profiles come from the backup: the request cannot set them. */
export async function restoreBackup(client: Client, at: InstanceAddress, upload: BackupUpload): Promise<void> {
  const { stream, sizeBytes, pool, target, deadlineMs } = upload;
  const prefix = headerPrefix(await client.info());
  const headers: Record<string, string> = { [`${prefix}-name`]: at.name };
  if (pool !== undefined) headers[`${prefix}-pool`] = pool;
  await client.change({
    method: "POST",
    path: path("instances"),
    query: { project: at.project, target },
    upload: { stream, sizeBytes, headers },
    deadlineMs,
  });
}
