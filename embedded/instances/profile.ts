// Finds profiles, renders them for the API, and applies their changes to instances.
import { DaemonError, failed, notFound, toDaemonError } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { effectiveProject, requireProject } from "../scope";
import type { ProfileRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { expandDevices, usersOfProfile } from "../used-by";
import { checkProfileConfig } from "./config-keys";
import { checkSurroundings } from "./create";
import { checkDevices } from "./devices";
import { instanceKey, instanceUrl } from "./instance";

export const profileKey = (profile: Pick<ProfileRecord, "project" | "name">) => keyOf(profile.project, profile.name);
export const profileUrl = (profile: Pick<ProfileRecord, "project" | "name">) =>
  urlOf(["profiles", profile.name], profile.project);

/** LXD does not return the project. */
export function profileView(call: Call, profile: ProfileRecord): Record<string, unknown> {
  const { config, description, devices, name, project } = profile;
  const own = call.daemon.settings.product.kind === "incus" ? { project } : {};
  return { config, description, devices, name, used_by: usersOfProfile(call.daemon.store, profile), ...own };
}

/** The fields covered by the ETag. */
export const coveredByEtag = ({ config, description, devices }: ProfileRecord) => ({ config, description, devices });

/** The project that stores the profiles of the requested project. */
export function profileProject(call: Call): string {
  return effectiveProject(
    requireProject(call, (name) => `Failed loading project "${name}": `),
    "profiles",
  );
}

/** The profile in the path, or a 404 with the prefix `say`. */
export function requireProfile(call: Call, say = ""): ProfileRecord {
  const profile = call.daemon.store.profiles.find(keyOf(profileProject(call), call.param("profile")));
  if (profile === undefined) throw notFound(`${say}Profile not found`);
  return profile;
}

/** Validates the content; throws with this status. */
export function checkProfile(profile: Pick<ProfileRecord, "config" | "devices">, status: number): void {
  try {
    checkProfileConfig(profile.config);
    checkDevices(profile.devices);
  } catch (error) {
    throw new DaemonError(status, toDaemonError(error).message);
  }
}

/** The change is kept, but one that an instance cannot apply is an error. */
export function checkUsers(call: Call, profile: ProfileRecord): void {
  const { store } = call.daemon;
  const users = usersOfProfile(store, profile);
  const failures = store.instances
    .all()
    .filter((instance) => users.includes(instanceUrl(instance)))
    .flatMap((instance) => {
      try {
        checkSurroundings(call.daemon, instance, expandDevices(store, instance));
        return [];
      } catch (error) {
        const { message } = toDaemonError(error);
        return [` - Project: ${instance.project}, Instance: ${instance.name}: ${message}\n`];
      }
    });
  if (failures.length === 0) return;
  throw failed(`The following instances failed to update (profile change still saved):\n${failures.join("")}`);
}

/** Instances that use the profile follow its rename. */
export function repoint(store: Store, profile: ProfileRecord, name: string): void {
  const users = usersOfProfile(store, profile);
  for (const instance of store.instances.all()) {
    if (!users.includes(instanceUrl(instance))) continue;
    const profiles = instance.profiles.map((item) => (item === profile.name ? name : item));
    store.instances.set(instanceKey(instance), { ...instance, profiles });
  }
}
