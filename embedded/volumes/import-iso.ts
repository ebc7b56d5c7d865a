// POST with the bytes of an ISO: received into the spool first and only then validated, as on the real daemons.
import { rmSync } from "node:fs";

import { timestamp } from "../clock";
import { badRequest, failed, notFound, wrapErrors } from "../errors";
import type { Call } from "../http/call";
import { type Reply, running } from "../http/reply";
import type { VolumeRecord } from "../store/records";
import { type Spooled, spoolStream } from "../store/spool";
import { tellOfVolume, volumeKey, volumeUrl } from "./volume";

function checkNew(call: Call, volume: VolumeRecord, spooled: Spooled): void {
  if (volume.name.includes("/")) {
    const what = `volume "${volume.name}" for project "${volume.project}" in pool "${volume.pool}" of type "custom"`;
    const reason = `Error inserting ${what} into database "Volume name may not be a snapshot"`;
    throw failed(`Failed creating database entry for custom volume: ${reason}`);
  }
  if (call.daemon.store.volumes.find(volumeKey(volume))) {
    const isLxd = call.daemon.settings.product.kind === "lxd";
    const lxd = `Cannot create volume "${volume.name}", volume already exists on storage pool "${volume.pool}"`;
    throw failed(isLxd ? lxd : "Cannot create volume, already exists on target storage");
  }
  if (spooled.sizeBytes === 0) throw failed("Failed creating volume: Size cannot be zero");
}

async function keep(call: Call, volume: VolumeRecord, spooled: Spooled): Promise<void> {
  const { store, copies } = call.daemon;
  try {
    if (!store.pools.find(volume.pool)) throw notFound("Storage pool not found");
    wrapErrors("Failed creating custom volume from ISO", () => checkNew(call, volume, spooled));
    // The record first, as on the real daemons. Nothing prevents the volume from being deleted meanwhile.
    store.volumes.set(volumeKey(volume), volume);
    await copies.move(spooled.path, store.volumePath(volume));
    if (store.volumes.find(volumeKey(volume)) !== volume)
      throw failed(`open ${volume.name}: no such file or directory`);
    tellOfVolume(call.daemon.events, "storage-volume-created", volume);
  } finally {
    rmSync(spooled.path, { force: true });
  }
}

/** Treats any other upload as a backup, which is never valid here. */
async function refuseBackup(call: Call): Promise<never> {
  const spooled = await spoolStream(call.body, call.daemon.store.spoolDir);
  rmSync(spooled.path, { force: true });
  throw failed("Unsupported compression");
}

export async function importIso(call: Call, project: string): Promise<Reply> {
  const { store, settings, operations } = call.daemon;
  const name = call.productHeader("name");
  const isIso = call.productHeader("type") === "iso" && settings.product.has("custom_volume_iso");
  if (!isIso) return refuseBackup(call);
  if (name === "") throw badRequest("Missing volume name");
  const spooled = await spoolStream(call.body, store.spoolDir);
  const volume: VolumeRecord = {
    project,
    pool: call.param("pool"),
    name,
    description: "",
    contentType: "iso",
    config: { size: String(spooled.sizeBytes) },
    createdAt: timestamp(),
  };
  const operation = operations.start({
    description: "Creating storage volume",
    project,
    resources: { storage_volumes: [volumeUrl({ ...volume, project: call.project })] },
    run: () => keep(call, volume, spooled),
  });
  return running(operation);
}
