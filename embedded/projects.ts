// Validates a project's config and lists its objects.
import { badRequest } from "./errors";
import { urlOf } from "./http/listing";
import type { Config } from "./store/records";
import type { Store } from "./store/store";
import { isBoolean, isTrue } from "./instances/config-values";

const FEATURES = ["images", "networks", "networks.zones", "profiles", "storage.buckets", "storage.volumes"];
/** Disabled by default; all other features are enabled in a new project. */
const OFF_BY_DEFAULT = ["networks", "networks.zones"];
const OTHER_KEYS = /^(user\.|limits(\.|$)|restricted(\.|$)|images\.|backups\.)/;

/** Features are booleans; other keys are recognized by their prefix. */
export function checkConfig(config: Config): void {
  for (const [key, value] of Object.entries(config)) {
    const isFeature = FEATURES.some((name) => key === `features.${name}`);
    if (!isFeature && !OTHER_KEYS.test(key)) throw badRequest(`Invalid project configuration key "${key}"`);
    if (isFeature && value !== "" && !isBoolean(value)) {
      const reason = `Invalid value for a boolean "${value}"`;
      throw badRequest(`Invalid project configuration key "${key}" value: ${reason}`);
    }
  }
}

/** The objects in the project, which prevent its deletion. */
export function usersOf(store: Store, name: string): string[] {
  const isOwn = (item: { project: string }) => item.project === name;
  const hasProfiles = isTrue(store.projects.find(name)?.config["features.profiles"]);
  return [
    ...store.images
      .all()
      .filter(isOwn)
      .map((image) => urlOf(["images", image.fingerprint], name)),
    ...store.instances
      .all()
      .filter(isOwn)
      .map((instance) => urlOf(["instances", instance.name], name)),
    ...store.profiles
      .all()
      .filter((profile) => hasProfiles && isOwn(profile))
      .map((profile) => urlOf(["profiles", profile.name], name)),
    ...store.volumes
      .all()
      .filter(isOwn)
      .map((volume) => urlOf(["storage-pools", volume.pool, "volumes", "custom", volume.name], name)),
  ];
}

/** The config of a new project: features are enabled unless explicitly disabled. */
export function withFeatures(config: Config): Config {
  const on = FEATURES.filter((feature) => !OFF_BY_DEFAULT.includes(feature));
  return { ...Object.fromEntries(on.map((feature) => [`features.${feature}`, "true"])), ...config };
}
