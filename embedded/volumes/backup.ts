// Backups of ISO volumes, for a daemon that announces `backup_iso`: the image's bytes, padded as in the pool.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";

import { badRequest, notFound } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { type Reply, running } from "../http/reply";
import type { VolumeRecord } from "../store/records";
import type { Store } from "../store/store";
import { requireVolume } from "./volume";

/** The unit to which a `dir` pool rounds up volumes. */
const blockBytes = 8192;

/** Backups are short-lived, so a restarted daemon has none. */
const backups = new WeakMap<Store, Set<string>>();

function backupsOf(store: Store): Set<string> {
  const known = backups.get(store) ?? new Set<string>();
  backups.set(store, known);
  return known;
}

const keyOf = ({ project, pool, name }: VolumeRecord, backup: string): string =>
  [project, pool, name, backup].join("/");

function start(
  call: Call,
  what: { volume: VolumeRecord; backup: string; description: string },
  run: () => void,
): Reply {
  const { volume, backup, description } = what;
  const segments = ["storage-pools", volume.pool, "volumes", "custom", volume.name, "backups", backup];
  const resources = { backups: [urlOf(segments, volume.project)] };
  return running(call.daemon.operations.start({ description, project: volume.project, resources, run }));
}

export async function createBackup(call: Call): Promise<Reply> {
  const volume = requireVolume(call);
  const { name = "" } = await call.json("StoragePoolVolumeBackupsPost", { name: "string" });
  if (name === "" || name.includes("/")) throw badRequest("Backup names may not contain slashes");
  const what = { volume, backup: name, description: "Creating custom volume backup" };
  return start(call, what, () => void backupsOf(call.daemon.store).add(keyOf(volume, name)));
}

function requireBackup(call: Call): { volume: VolumeRecord; backup: string } {
  const volume = requireVolume(call);
  const backup = call.param("backup");
  if (!backupsOf(call.daemon.store).has(keyOf(volume, backup))) throw notFound("Storage volume backup not found");
  return { volume, backup };
}

export function exportBackup(call: Call): Reply {
  const { volume } = requireBackup(call);
  const body = Readable.from(padded(call.daemon.store.volumePath(volume)));
  return { kind: "body", headers: { "Content-Type": "application/octet-stream" }, body };
}

export function deleteBackup(call: Call): Reply {
  const found = requireBackup(call);
  const what = { ...found, description: "Removing custom volume backup" };
  return start(call, what, () => void backupsOf(call.daemon.store).delete(keyOf(found.volume, found.backup)));
}

async function* padded(path: string): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    yield chunk;
  }
  yield Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}
