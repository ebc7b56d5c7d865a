// The users of a pool, volume or profile: derived from instances and profiles, never stored.
import { urlOf } from "./http/listing";
import { type Config, type Devices, type InstanceRecord, type VolumeRecord } from "./store/records";
import { keyOf, type Store } from "./store/store";
import { isTrue } from "./instances/config-values";

/** Whether one of the devices is this custom volume. */
function attaches(devices: Devices, volume: Pick<VolumeRecord, "pool" | "name">): boolean {
  return Object.values(devices).some(
    (device) =>
      device["type"] === "disk" &&
      device["path"] !== "/" &&
      device["pool"] === volume.pool &&
      (device["source"] ?? "").split("/")[0] === volume.name,
  );
}

/** The project in which an object of `project` looks up custom volumes. */
export function volumeProject(store: Store, project: string): string {
  return isTrue(store.projects.find(project)?.config["features.storage.volumes"]) ? project : "default";
}

/** Counts only an instance's own devices: those from a profile count as the profile's use. */
export function usersOfVolume(store: Store, volume: Pick<VolumeRecord, "project" | "pool" | "name">): string[] {
  const uses = (item: { project: string; devices: Devices }) =>
    volumeProject(store, item.project) === volume.project && attaches(item.devices, volume);
  const instances = store.instances.all().filter(uses);
  const profiles = store.profiles.all().filter(uses);
  return [
    ...instances.map((instance) => urlOf(["instances", instance.name], instance.project)),
    ...profiles.map((profile) => urlOf(["profiles", profile.name], profile.project)),
  ];
}

/** The pool of an instance's root disk, from the instance or a profile. */
export function rootPoolOf(store: Store, instance: InstanceRecord): string | undefined {
  return rootDeviceOf(expandDevices(store, instance))?.["pool"];
}

/** The devices of the profiles in order, then the instance's own. */
export function expandDevices(store: Store, item: Pick<InstanceRecord, "project" | "profiles" | "devices">): Devices {
  const home = profileProject(store, item.project);
  const fromProfiles = item.profiles.map((name) => store.profiles.find(keyOf(home, name))?.devices ?? {});
  return Object.assign({}, ...fromProfiles, item.devices) as Devices;
}

export function profileProject(store: Store, project: string): string {
  return isTrue(store.projects.find(project)?.config["features.profiles"]) ? project : "default";
}

/** The disk device at `/` with a pool. */
export function rootDeviceOf(devices: Devices): Record<string, string> | undefined {
  return Object.values(devices).find((device) => device["type"] === "disk" && device["path"] === "/" && device["pool"]);
}

export function usersOfPool(store: Store, pool: string): string[] {
  const instances = store.instances.all().filter((instance) => rootPoolOf(store, instance) === pool);
  const hasDisk = (devices: Devices) => Object.values(devices).some((device) => device["pool"] === pool);
  const volumes = store.volumes.all().filter((volume) => volume.pool === pool);
  return [
    ...instances.map((instance) => urlOf(["instances", instance.name], instance.project)),
    ...store.profiles
      .all()
      .filter((profile) => hasDisk(profile.devices))
      .map((profile) => urlOf(["profiles", profile.name], profile.project)),
    ...volumes.map((volume) => urlOf(["storage-pools", pool, "volumes", "custom", volume.name], volume.project)),
  ];
}

export function usersOfProfile(store: Store, profile: { project: string; name: string }): string[] {
  return store.instances
    .all()
    .filter(
      (instance) =>
        profileProject(store, instance.project) === profile.project && instance.profiles.includes(profile.name),
    )
    .map((instance) => urlOf(["instances", instance.name], instance.project));
}

/** Instances and profiles with a network card on the network. */
export function usersOfNetwork(store: Store, { project, name }: { project: string; name: string }): string[] {
  const homeOfNetworks = (of: string): string =>
    isTrue(store.projects.find(of)?.config["features.networks"]) ? of : "default";
  const uses = (item: { project: string; devices: Devices }): boolean =>
    homeOfNetworks(item.project) === project &&
    Object.values(item.devices).some(({ type, network }) => type === "nic" && network === name);
  const instances = store.instances.all().filter(uses);
  const profiles = store.profiles.all().filter(uses);
  return [
    ...instances.map((instance) => urlOf(["instances", instance.name], instance.project)),
    ...profiles.map((profile) => urlOf(["profiles", profile.name], profile.project)),
  ];
}

/** The config of the profiles in order, then the instance's own. */
export function expandConfig(store: Store, item: Pick<InstanceRecord, "project" | "profiles" | "config">): Config {
  const home = profileProject(store, item.project);
  const fromProfiles = item.profiles.map((name) => store.profiles.find(keyOf(home, name))?.config ?? {});
  return Object.assign({}, ...fromProfiles, item.config) as Config;
}
