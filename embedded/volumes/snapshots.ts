// Snapshots of data volumes: names only, since the content of such volumes is not simulated.
import { badRequest, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { type Reply, running, sync } from "../http/reply";
import type { VolumeRecord } from "../store/records";
import { requireVolume, volumeKey, volumeUrl } from "./volume";

const urlOfSnapshot = ({ project, pool, name }: VolumeRecord, snapshot: string): string =>
  urlOf(["storage-pools", pool, "volumes", "custom", name, "snapshots", snapshot], project);

export function listSnapshots(call: Call): Reply {
  const volume = requireVolume(call);
  return sync((volume.snapshots ?? []).map((name) => urlOfSnapshot(volume, name)));
}

export function getSnapshot(call: Call): Reply {
  const { volume, name } = requireSnapshot(call);
  const { description, config, contentType: content_type, createdAt: created_at } = volume;
  return sync({ name, description, config, content_type, created_at, expires_at: "0001-01-01T00:00:00Z" });
}

export async function createSnapshot(call: Call): Promise<Reply> {
  const volume = requireVolume(call);
  const { name = "snap0" } = await call.json("StorageVolumeSnapshotsPost", { name: "string" });
  if (name.includes("/")) throw badRequest("Invalid snapshot name: Cannot contain path separator");
  const run = (): void => {
    const snapshots = volume.snapshots ?? [];
    if (snapshots.includes(name)) throw failed(`Snapshot "${name}" already in use`);
    call.daemon.store.volumes.set(volumeKey(volume), { ...volume, snapshots: [...snapshots, name] });
  };
  return start(call, { volume, name, description: "Creating storage volume snapshot" }, run);
}

export function deleteSnapshot(call: Call): Reply {
  const { volume, name } = requireSnapshot(call);
  const run = (): void => {
    const snapshots = (volume.snapshots ?? []).filter((each) => each !== name);
    call.daemon.store.volumes.set(volumeKey(volume), { ...volume, snapshots });
  };
  return start(call, { volume, name, description: "Deleting storage volume snapshot" }, run);
}

function requireSnapshot(call: Call): { volume: VolumeRecord; name: string } {
  const volume = requireVolume(call);
  const name = call.param("snapshot");
  if (volume.snapshots?.includes(name) !== true) throw notFound("Storage pool volume not found");
  return { volume, name };
}

function start(
  call: Call,
  { volume, name, description }: { volume: VolumeRecord; name: string; description: string },
  run: () => void,
): Reply {
  const resources = { storage_volume_snapshots: [urlOfSnapshot(volume, name)], storage_volumes: [volumeUrl(volume)] };
  return running(call.daemon.operations.start({ description, project: volume.project, resources, run }));
}
