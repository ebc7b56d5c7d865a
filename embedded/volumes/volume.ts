// Finds custom volumes and renders them for the API.
import { notFound } from "../errors";
import type { Events } from "../operations/events";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import type { InstanceRecord, VolumeRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { usersOfVolume } from "../used-by";
import { effectiveProject, requirePool, requireProject } from "../scope";

export const volumeKey = (volume: Pick<VolumeRecord, "project" | "pool" | "name">): string =>
  keyOf(volume.project, volume.pool, volume.name);

export const volumeUrl = (volume: Pick<VolumeRecord, "project" | "pool" | "name">): string =>
  urlOf(["storage-pools", volume.pool, "volumes", "custom", volume.name], volume.project);

export function volumeView(store: Store, volume: VolumeRecord): Record<string, unknown> {
  return {
    config: volume.config,
    description: volume.description,
    name: volume.name,
    type: "custom",
    used_by: usersOfVolume(store, volume),
    location: "none",
    content_type: volume.contentType,
    project: volume.project,
    created_at: volume.createdAt,
  };
}

/** Sends an event about a volume. Only here do the real daemons prefix its name with the project. */
export function tellOfVolume(events: Events, action: string, volume: VolumeRecord): void {
  const { project, name } = volume;
  const source = volumeUrl({ ...volume, name: `${project}_${name}` });
  events.lifecycle(action, { project, source, name });
}

/** The root volume of an instance, which the API lists with the custom ones. */
export function instanceVolumeView(instance: InstanceRecord): Record<string, unknown> {
  return {
    config: {},
    description: "",
    name: instance.name,
    type: instance.type,
    used_by: [urlOf(["instances", instance.name], instance.project)],
    location: "none",
    content_type: instance.type === "container" ? "filesystem" : "block",
    project: instance.project,
    created_at: instance.createdAt,
  };
}

/** The project that stores the custom volumes of the requested project. */
export function volumeProject(call: Call): string {
  return effectiveProject(
    requireProject(call, (name) => `Failed to load project "${name}": `),
    "storage.volumes",
  );
}

/** The volume in the path, or a 404. */
export function requireVolume(call: Call): VolumeRecord {
  const project = volumeProject(call);
  const pool = requirePool(call);
  const volume = call.daemon.store.volumes.find(keyOf(project, pool.name, call.param("volume")));
  if (volume === undefined) throw notFound("Storage pool volume not found");
  return volume;
}
