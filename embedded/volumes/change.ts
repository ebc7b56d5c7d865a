// PUT, PATCH, rename, move and DELETE of a custom volume.
import { renameSync, rmSync } from "node:fs";

import { timestamp } from "../clock";
import { mergeConfig, withoutEmpty } from "../config";
import { badRequest, conflict, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { created, type Reply, running } from "../http/reply";
import { requireName } from "../names";
import { write, type Write } from "../http/write";
import type { Devices, VolumeRecord } from "../store/records";
import { instanceKey } from "../instances/instance";
import { keyOf, type Store } from "../store/store";
import { usersOfVolume } from "../used-by";
import { checkVolumeUpdate } from "./config";
import { copyVolume } from "./create";
import { requireVolume, tellOfVolume, volumeKey, volumeUrl } from "./volume";

/** The fields covered by the ETag, without the description. */
export const coveredByEtag = (volume: VolumeRecord) => ({ name: volume.name, type: "custom", config: volume.config });

type Doing = Pick<Write, "description" | "run" | "reply">;

function writeVolume(call: Call, volume: VolumeRecord, doing: Doing): Reply {
  return write(call, {
    asyncSince: "storage_and_profile_operations",
    project: volume.project,
    resources: { storage_volumes: [volumeUrl(volume)] },
    ...doing,
  });
}

export async function updateVolume(call: Call, isPatch: boolean): Promise<Reply> {
  const volume = requireVolume(call);
  requireMatch(call.ifMatch, coveredByEtag(volume));
  const { settings, store } = call.daemon;
  const shape = { description: "string", config: "config", restore: "string" } as const;
  const body = await call.json("StorageVolumePut", shape);
  const config = isPatch ? mergeConfig(volume.config, body.config) : withoutEmpty(body.config ?? {});
  const run = () => {
    if (body.restore) throw failed("Snapshot not found");
    checkVolumeUpdate(volume, config, settings.product.kind === "lxd" ? 400 : 500);
    // An absent description clears it, in PATCH too.
    store.volumes.set(volumeKey(volume), { ...volume, description: body.description ?? "", config });
  };
  return writeVolume(call, volume, { description: "Updating storage volume", run });
}

const isDeviceOf = (device: Record<string, string>, volume: VolumeRecord): boolean =>
  device["type"] === "disk" && device["pool"] === volume.pool && device["source"] === volume.name;

function rewritten(devices: Devices, volume: VolumeRecord, to: Pick<VolumeRecord, "pool" | "name">): Devices {
  const entries = Object.entries(devices).map(([key, device]) => [
    key,
    isDeviceOf(device, volume) ? { ...device, pool: to.pool, source: to.name } : device,
  ]);
  return Object.fromEntries(entries) as Devices;
}

/** Devices that use the volume follow its rename. */
function repoint(store: Store, volume: VolumeRecord, to: Pick<VolumeRecord, "pool" | "name">): void {
  const users = usersOfVolume(store, volume);
  if (users.length === 0) return;
  for (const instance of store.instances.all()) {
    const devices = rewritten(instance.devices, volume, to);
    store.instances.set(instanceKey(instance), { ...instance, devices });
  }
  for (const profile of store.profiles.all()) {
    const devices = rewritten(profile.devices, volume, to);
    store.profiles.set(keyOf(profile.project, profile.name), { ...profile, devices });
  }
}

function requireIdle(store: Store, volume: VolumeRecord): void {
  const running = store.instances.all().filter((instance) => instance.status !== "Stopped");
  const isUsed = running.some((instance) => Object.values(instance.devices).some((disk) => isDeviceOf(disk, volume)));
  if (isUsed) throw failed("Volume is still in use by running instances");
}

function move(call: Call, volume: VolumeRecord, to: VolumeRecord): Reply {
  const { operations, store } = call.daemon;
  const run = async () => {
    if (!store.pools.find(to.pool)) throw notFound("Storage pool not found");
    const { config: _config, ...target } = to;
    await copyVolume(call.daemon, volume, target);
    repoint(store, volume, to);
    rmSync(store.volumePath(volume), { force: true });
    store.volumes.delete(volumeKey(volume));
  };
  return running(operations.start({ description: "Moving storage volume", project: volume.project, run }));
}

function rename(call: Call, volume: VolumeRecord, to: VolumeRecord): Reply {
  const { store } = call.daemon;
  const run = () => {
    renameSync(store.volumePath(volume), store.volumePath(to));
    store.volumes.set(volumeKey(to), to);
    repoint(store, volume, to);
    store.volumes.delete(volumeKey(volume));
  };
  return writeVolume(call, volume, {
    description: "Renaming storage volume",
    run,
    reply: () => created(volumeUrl(to)),
  });
}

/** POST on a volume: renames it, and optionally moves it to another pool. */
export async function renameVolume(call: Call): Promise<Reply> {
  const body = await call.json("StorageVolumePost", { name: "string", pool: "string" });
  const name = requireName(body.name ?? "", "Storage volume");
  const volume = requireVolume(call);
  const { store } = call.daemon;
  const to = { ...volume, name, pool: body.pool ?? volume.pool };
  if (store.volumes.find(volumeKey(to))) throw conflict("Volume by that name already exists");
  requireIdle(store, volume);
  return to.pool === volume.pool ? rename(call, volume, to) : move(call, volume, { ...to, createdAt: timestamp() });
}

export function deleteVolume(call: Call): Reply {
  const volume = requireVolume(call);
  const { store, events } = call.daemon;
  if (usersOfVolume(store, volume).length > 0) throw badRequest("The storage volume is still in use");
  const run = () => {
    rmSync(store.volumePath(volume), { force: true });
    store.volumes.delete(volumeKey(volume));
    tellOfVolume(events, "storage-volume-deleted", volume);
  };
  return writeVolume(call, volume, { description: "Deleting storage volume", run });
}
