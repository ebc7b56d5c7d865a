// /1.0/profiles: config and devices that instances share.
import { mergeConfig, withoutEmpty } from "../config";
import { DaemonError, failed, forbidden, notFound, toDaemonError } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { list, urlOf } from "../http/listing";
import { created, type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";
import { checkProfileConfig } from "../instances/config-keys";
import { checkDevices } from "../instances/devices";
import { checkSurroundings } from "../instances/create";
import { instanceKey, instanceUrl } from "../instances/instance";
import { requireName } from "../names";
import type { ProfileRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { expandDevices, usersOfProfile } from "../used-by";
import { homeOf, requireProject } from "./scope";
import { write, type Write } from "./write";

const profileKey = (profile: Pick<ProfileRecord, "project" | "name">) => keyOf(profile.project, profile.name);
const profileUrl = (profile: Pick<ProfileRecord, "project" | "name">) =>
  urlOf(["profiles", profile.name], profile.project);

/** LXD says no project. */
function view(call: Call, profile: ProfileRecord): Record<string, unknown> {
  const { config, description, devices, name, project } = profile;
  const own = call.daemon.settings.product.kind === "incus" ? { project } : {};
  return { config, description, devices, name, used_by: usersOfProfile(call.daemon.store, profile), ...own };
}

const covered = ({ config, description, devices }: ProfileRecord) => ({ config, description, devices });

function profileProject(call: Call): string {
  return homeOf(
    requireProject(call, (name) => `Failed loading project "${name}": `),
    "profiles",
  );
}

function requireProfile(call: Call, say = ""): ProfileRecord {
  const profile = call.daemon.store.profiles.find(keyOf(profileProject(call), call.param("profile")));
  if (profile === undefined) throw notFound(`${say}Profile not found`);
  return profile;
}

function check(profile: Pick<ProfileRecord, "config" | "devices">, status: number): void {
  try {
    checkProfileConfig(profile.config);
    checkDevices(profile.devices);
  } catch (error) {
    throw new DaemonError(status, toDaemonError(error).message);
  }
}

function writeProfile(call: Call, profile: ProfileRecord, doing: Pick<Write, "description" | "run">): Reply {
  const resources = { profiles: [profileUrl(profile)] };
  return write(call, { asyncSince: "storage_and_profile_operations", project: profile.project, resources, ...doing });
}

function listProfiles(call: Call): Reply {
  const home = call.wantsAllProjects ? undefined : profileProject(call);
  const profiles = call.daemon.store.profiles.all().filter((item) => home === undefined || item.project === home);
  return list(
    call,
    profiles.map((profile) => ({ url: profileUrl(profile), view: view(call, profile) })),
  );
}

const POST = { name: "string", description: "string", config: "config", devices: "devices" } as const;

async function createProfile(call: Call): Promise<Reply> {
  const project = profileProject(call);
  const body = await call.json("ProfilesPost", POST);
  const name = requireName(body.name ?? "", "Profile");
  const { description = "", devices = {} } = body;
  const profile = { project, name, description, config: withoutEmpty(body.config ?? {}), devices };
  check(profile, 400);
  const { store } = call.daemon;
  if (store.profiles.find(profileKey(profile))) {
    throw failed(`Error inserting "${name}" into database: The profile already exists`);
  }
  store.profiles.set(profileKey(profile), profile);
  return created(profileUrl(profile));
}

/** The change is kept, but one that an instance cannot follow is an error. */
function checkUsers(call: Call, profile: ProfileRecord): void {
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

async function updateProfile(call: Call, isPatch: boolean): Promise<Reply> {
  const name = call.param("profile");
  const profile = requireProfile(call, `Failed to retrieve profile${isPatch ? `="${name}"` : ` "${name}"`}: `);
  requireMatch(call.ifMatch, covered(profile));
  const body = await call.json("ProfilePut", POST);
  const changed: ProfileRecord = {
    ...profile,
    description: body.description ?? "",
    config: isPatch ? mergeConfig(profile.config, body.config) : withoutEmpty(body.config ?? {}),
    devices: isPatch ? { ...profile.devices, ...body.devices } : (body.devices ?? {}),
  };
  const run = () => {
    check(changed, 500);
    call.daemon.store.profiles.set(profileKey(changed), changed);
    checkUsers(call, changed);
  };
  return writeProfile(call, profile, { description: "Updating profile", run });
}

function repoint(store: Store, profile: ProfileRecord, name: string): void {
  const users = usersOfProfile(store, profile);
  for (const instance of store.instances.all()) {
    if (!users.includes(instanceUrl(instance))) continue;
    const profiles = instance.profiles.map((item) => (item === profile.name ? name : item));
    store.instances.set(instanceKey(instance), { ...instance, profiles });
  }
}

async function renameProfile(call: Call): Promise<Reply> {
  const old = call.param("profile");
  if (old === "default") throw forbidden('The "default" profile cannot be renamed');
  const body = await call.json("ProfilePost", { name: "string" });
  const name = requireName(body.name ?? "", "Profile");
  const project = profileProject(call);
  const { store } = call.daemon;
  if (store.profiles.find(keyOf(project, name))) throw failed(`Profile "${name}" already exists`);
  const profile = store.profiles.find(keyOf(project, old));
  if (profile === undefined) throw failed(`Profile "${old}" doesn't exist`);
  repoint(store, profile, name);
  store.profiles.set(keyOf(project, name), { ...profile, name });
  store.profiles.delete(profileKey(profile));
  return created(profileUrl({ project, name }));
}

function deleteProfile(call: Call): Reply {
  if (call.param("profile") === "default") throw forbidden('The "default" profile cannot be deleted');
  const profile = requireProfile(call);
  const { store } = call.daemon;
  const run = () => {
    if (usersOfProfile(store, profile).length > 0) throw failed("Profile is currently in use");
    store.profiles.delete(profileKey(profile));
  };
  return writeProfile(call, profile, { description: "Deleting profile", run });
}

function getProfile(call: Call): Reply {
  const profile = requireProfile(call, "Fetch profile: ");
  return sync(view(call, profile), covered(profile));
}

export const profileRoutes: Route[] = [
  { path: "/1.0/profiles", GET: listProfiles, POST: createProfile },
  {
    path: "/1.0/profiles/{profile}",
    GET: getProfile,
    PUT: (call) => updateProfile(call, false),
    PATCH: (call) => updateProfile(call, true),
    POST: renameProfile,
    DELETE: deleteProfile,
  },
];
