// Exports the content of ISO volumes, on servers with the API extension `backup_iso`.
import { randomUUID } from "node:crypto";
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { type VolumeAddress } from "./volumes";

const backupDeadlineMs = 60 * 60_000;
/** When the server deletes the backup, if this run ends before it can. Clocks differ by less. */
const keptMs = 24 * 60 * 60_000;

/**
 * Streams the content, including padding added by the pool. The server first creates a copy, which is deleted
 * afterwards.
 */
export async function exportIso(client: Client, at: VolumeAddress, onChunk: (chunk: Buffer) => void): Promise<void> {
  const backups = path("storage-pools", at.pool, "volumes", "custom", at.name, "backups");
  const query = { project: at.project, target: at.target };
  const name = `pulumi-${randomUUID()}`;
  const expires_at = new Date(new Date().getTime() + keptMs).toISOString();
  const json = { name, volume_only: true, compression_algorithm: "none", expires_at };
  await client.change({ method: "POST", path: backups, query, json, deadlineMs: backupDeadlineMs });
  try {
    await client.download(`${backups}/${name}/export`, query, onChunk);
  } finally {
    await client.change({ method: "DELETE", path: `${backups}/${name}`, query });
  }
}
