// /1.0/profiles: config and devices shared by instances.
import { mergeConfig, withoutEmpty } from "../config";
import { failed, forbidden } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { list } from "../http/listing";
import { created, type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";
import {
  checkProfile,
  checkUsers,
  coveredByEtag,
  profileKey,
  profileProject,
  profileUrl,
  profileView,
  repoint,
  requireProfile,
} from "../instances/profile";
import { requireName } from "../names";
import type { ProfileRecord } from "../store/records";
import { keyOf } from "../store/store";
import { usersOfProfile } from "../used-by";
import { write, type Write } from "../http/write";

function writeProfile(call: Call, profile: ProfileRecord, doing: Pick<Write, "description" | "run">): Reply {
  const resources = { profiles: [profileUrl(profile)] };
  return write(call, { asyncSince: "storage_and_profile_operations", project: profile.project, resources, ...doing });
}

function listProfiles(call: Call): Reply {
  const home = call.wantsAllProjects ? undefined : profileProject(call);
  const profiles = call.daemon.store.profiles.all().filter((item) => home === undefined || item.project === home);
  return list(
    call,
    profiles.map((profile) => ({ url: profileUrl(profile), view: profileView(call, profile) })),
  );
}

const POST = { name: "string", description: "string", config: "config", devices: "devices" } as const;

async function createProfile(call: Call): Promise<Reply> {
  const project = profileProject(call);
  const body = await call.json("ProfilesPost", POST);
  const name = requireName(body.name ?? "", "Profile");
  const { description = "", devices = {} } = body;
  const profile = { project, name, description, config: withoutEmpty(body.config ?? {}), devices };
  checkProfile(profile, 400);
  const { store } = call.daemon;
  if (store.profiles.find(profileKey(profile))) {
    throw failed(`Error inserting "${name}" into database: The profile already exists`);
  }
  store.profiles.set(profileKey(profile), profile);
  return created(profileUrl(profile));
}

async function updateProfile(call: Call, isPatch: boolean): Promise<Reply> {
  const name = call.param("profile");
  const profile = requireProfile(call, `Failed to retrieve profile${isPatch ? `="${name}"` : ` "${name}"`}: `);
  requireMatch(call.ifMatch, coveredByEtag(profile));
  const body = await call.json("ProfilePut", POST);
  const changed: ProfileRecord = {
    ...profile,
    description: body.description ?? "",
    config: isPatch ? mergeConfig(profile.config, body.config) : withoutEmpty(body.config ?? {}),
    devices: isPatch ? { ...profile.devices, ...body.devices } : (body.devices ?? {}),
  };
  const run = () => {
    checkProfile(changed, 500);
    call.daemon.store.profiles.set(profileKey(changed), changed);
    checkUsers(call, changed);
  };
  return writeProfile(call, profile, { description: "Updating profile", run });
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
  return sync(profileView(call, profile), coveredByEtag(profile));
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
