// Finds instances and renders them for the API.
import { badRequest, notFound } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { requireProject } from "../scope";
import type { InstanceRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { expandConfig, expandDevices, profileProject } from "../used-by";
import { stateView } from "./state-view";

export const instanceKey = (instance: Pick<InstanceRecord, "project" | "name">): string =>
  keyOf(instance.project, instance.name);

export const instanceUrl = (instance: Pick<InstanceRecord, "project" | "name">): string =>
  urlOf(["instances", instance.name], instance.project);

const CODES = { Stopped: 102, Running: 103, Frozen: 110 } as const;

export function instanceView(store: Store, instance: InstanceRecord): Record<string, unknown> {
  return {
    architecture: instance.architecture,
    config: instance.config,
    devices: instance.devices,
    ephemeral: instance.ephemeral,
    profiles: instance.profiles,
    stateful: instance.stateful,
    description: instance.description,
    created_at: instance.createdAt,
    expanded_config: expandConfig(store, instance),
    expanded_devices: expandDevices(store, instance),
    name: instance.name,
    status: instance.status,
    status_code: CODES[instance.status],
    last_used_at: instance.lastUsedAt,
    location: "none",
    type: instance.type,
    project: instance.project,
  };
}

/** With state and snapshots: recursion=2 in lists, recursion=1 on one instance. */
export function fullInstanceView(store: Store, instance: InstanceRecord): Record<string, unknown> {
  const snapshots = instance.snapshots.map((snapshot) => snapshotView(store, instance, snapshot));
  return {
    ...instanceView(store, instance),
    backups: null,
    state: stateView(store, instance),
    snapshots: snapshots.length === 0 ? null : snapshots,
  };
}

export function snapshotView(
  store: Store,
  instance: InstanceRecord,
  snapshot: InstanceRecord["snapshots"][number],
): Record<string, unknown> {
  const expandable = { ...snapshot, project: instance.project };
  return {
    architecture: snapshot.architecture,
    config: snapshot.config,
    created_at: snapshot.createdAt,
    devices: snapshot.devices,
    ephemeral: snapshot.ephemeral,
    expanded_config: expandConfig(store, expandable),
    expanded_devices: expandDevices(store, expandable),
    expires_at: snapshot.expiresAt,
    last_used_at: "0001-01-01T00:00:00Z",
    name: snapshot.name,
    profiles: snapshot.profiles,
    size: -1,
    stateful: snapshot.stateful,
  };
}

/** The fields covered by the ETag: profiles with their content, but not the description. */
export function coveredByEtag(store: Store, instance: InstanceRecord): unknown {
  const home = profileProject(store, instance.project);
  return {
    architecture: instance.architecture,
    ephemeral: instance.ephemeral,
    profiles: instance.profiles.map((name) => store.profiles.find(keyOf(home, name))),
    devices: instance.devices,
    config: instance.config,
  };
}

/** The instance in the path, or a 404. */
export function requireInstance(call: Call): InstanceRecord {
  const name = call.param("instance");
  if (name.includes("/")) throw badRequest("Invalid instance name");
  requireProject(call);
  return findInstance(call.daemon.store, { project: call.project, name });
}

export function findInstance(store: Store, { project, name }: { project: string; name: string }): InstanceRecord {
  const instance = store.instances.find(keyOf(project, name));
  if (instance) return instance;
  throw notFound(`Failed to fetch instance "${name}" in project "${project}": Instance not found`);
}
