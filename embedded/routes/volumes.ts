// /1.0/storage-pools/<pool>/volumes: custom volumes, and read access to those of instances.
import { badRequest, DaemonError, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { list, type Listed, urlOf } from "../http/listing";
import { type Reply, running, sync } from "../http/reply";
import type { Route } from "../http/router";
import { rootPoolOf } from "../used-by";
import { createBackup, deleteBackup, exportBackup } from "../volumes/backup";
import { coveredByEtag, deleteVolume, renameVolume, updateVolume } from "../volumes/change";
import { createVolume } from "../volumes/create";
import { importIso } from "../volumes/import-iso";
import { createSnapshot, deleteSnapshot, getSnapshot, listSnapshots } from "../volumes/snapshots";
import { instanceVolumeView, requireVolume, volumeProject, volumeUrl, volumeView } from "../volumes/volume";
import { requirePool } from "../scope";
import { effectiveProject, requireProject } from "../scope";

const TYPES = ["custom", "container", "virtual-machine", "image"];

function checkType(type: string): void {
  if (!TYPES.includes(type)) throw badRequest("Invalid storage volume type name");
}

function instanceVolumes(call: Call, pool: string, isIn: (project: string) => boolean): Listed[] {
  const { store } = call.daemon;
  const instances = store.instances.all().filter((item) => isIn(item.project) && rootPoolOf(store, item) === pool);
  return instances.map((item) => ({
    url: urlOf(["storage-pools", pool, "volumes", item.type, item.name], item.project),
    view: instanceVolumeView(item),
  }));
}

function customVolumes(call: Call, pool: string, isIn: (project: string) => boolean): Listed[] {
  const { store } = call.daemon;
  const volumes = store.volumes.all().filter((volume) => volume.pool === pool && isIn(volume.project));
  return volumes.map((volume) => ({ url: volumeUrl(volume), view: volumeView(store, volume) }));
}

function listVolumes(call: Call): Reply {
  const everywhere = call.wantsAllProjects;
  const project = everywhere ? undefined : requireProject(call);
  const pool = requirePool(call).name;
  const type = call.param("type");
  if (type !== "") checkType(type);
  const home = project && effectiveProject(project, "storage.volumes");
  const custom = customVolumes(call, pool, (name) => home === undefined || name === home);
  const others = instanceVolumes(call, pool, (name) => project === undefined || name === project.name);
  const items = [...others.filter((item) => item.view["type"] === "container"), ...custom];
  items.push(...others.filter((item) => item.view["type"] === "virtual-machine"));
  return list(
    call,
    items.filter((item) => type === "" || item.view["type"] === type),
  );
}

/** A binary body is an ISO to import; anything else is JSON. */
function postVolume(call: Call): Promise<Reply> {
  const project = volumeProject(call);
  const target = call.query.get("target") ?? "";
  if (target !== "" && target !== "none") throw notFound("Cluster member not found");
  if (call.contentType === "application/octet-stream") return importIso(call, project);
  return createVolume(call, project);
}

function getVolume(call: Call): Reply {
  const volume = requireVolume(call);
  return sync(volumeView(call.daemon.store, volume), coveredByEtag(volume));
}

/** Snapshots and backups: an ISO volume has none, and backups of other volumes are not implemented. */
async function refuseCopy(call: Call, what: { collection: string; kind: string; reason: string }): Promise<Reply> {
  const volume = requireVolume(call);
  const { name = "snap0" } = await call.json("StorageVolumeSnapshotsPost", { name: "string" });
  if (volume.contentType !== "iso") throw new DaemonError(501, "not implemented");
  const segments = ["storage-pools", volume.pool, "volumes", "custom", volume.name, what.collection, name];
  const resources = { [what.kind]: [urlOf(segments, volume.project)], storage_volumes: [volumeUrl(volume)] };
  const description =
    what.collection === "backups" ? "Creating custom volume backup" : "Creating storage volume snapshot";
  const run = () => {
    throw failed(what.reason);
  };
  return running(call.daemon.operations.start({ description, project: volume.project, resources, run }));
}

const SNAPSHOT = {
  collection: "snapshots",
  kind: "storage_volume_snapshots",
  reason: 'Volume of content type "iso" does not support snapshots',
};

const BACKUP = {
  collection: "backups",
  kind: "backups",
  reason: 'Create volume backup: Backup create: Volume of content type "iso" cannot be backed up',
};

function emptyList(call: Call): Reply {
  requireVolume(call);
  return sync([]);
}

const VOLUMES = "/1.0/storage-pools/{pool}/volumes";
const CUSTOM = `${VOLUMES}/custom/{volume}`;

export const volumeRoutes: Route[] = [
  { path: VOLUMES, GET: listVolumes, POST: postVolume },
  { path: `${VOLUMES}/{type}`, GET: listVolumes, POST: postVolume },
  {
    path: CUSTOM,
    GET: getVolume,
    PUT: (call) => updateVolume(call, false),
    PATCH: (call) => updateVolume(call, true),
    POST: renameVolume,
    DELETE: deleteVolume,
  },
  {
    path: `${VOLUMES}/{type}/{volume}`,
    GET: (call) => {
      checkType(call.param("type"));
      throw notFound("Storage pool volume not found");
    },
  },
  {
    path: `${CUSTOM}/state`,
    GET: (call) => {
      requireVolume(call);
      return sync({ usage: null });
    },
  },
  {
    path: `${CUSTOM}/snapshots`,
    GET: listSnapshots,
    POST: (call) => (requireVolume(call).contentType === "iso" ? refuseCopy(call, SNAPSHOT) : createSnapshot(call)),
  },
  { path: `${CUSTOM}/snapshots/{snapshot}`, GET: getSnapshot, DELETE: deleteSnapshot },
  {
    path: `${CUSTOM}/backups`,
    GET: emptyList,
    POST: (call) => (call.daemon.settings.product.has("backup_iso") ? createBackup(call) : refuseCopy(call, BACKUP)),
  },
  { path: `${CUSTOM}/backups/{backup}`, DELETE: deleteBackup },
  { path: `${CUSTOM}/backups/{backup}/export`, GET: exportBackup },
];
