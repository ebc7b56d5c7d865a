// Preflight checks of an instance.
import { findInstance, type StringMap } from "../../../lxd/api/instance/instances";
import { listProfiles, type WireProfile } from "../../../lxd/api/profiles";
import { type Client } from "../../../lxd/client/core/client";
import { type CheckContext, type Failure } from "../../../kind/kind";
import { parseSize } from "../../../kind/units";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { checkPool, checkProject } from "../../shared/common";
import { diskBytesOf } from "../../shared/image-disks";
import { checkMember } from "../../shared/cluster-member";
import { configFailures } from "../../machine/config-keys";
import { featureFailures } from "./features";
import { type InstanceInputs, type PartialInstanceInputs } from "../schema";
import { conflict, idOf } from "../existing";
import { deviceFailures } from "./device-preflight";
import { importFailures } from "../import";
import { unmetFailures } from "./unmet";
import { mediaFailures } from "./media";
import { isPlacePlanned } from "../../shared/planned";
import { missingProfiles } from "../../shared/profiles";
import { unreachableFailures } from "../../shared/source-file";
import { streamsFailures } from "../../shared/streams-pull";
import { backupPart } from "../source";

export async function preflight(client: Client, check: CheckContext<InstanceInputs>): Promise<Failure[]> {
  const { inputs } = check;
  const info = await client.info();
  const projectFailures = await checkProject(client, inputs.project);
  if (projectFailures.length > 0) return projectFailures;
  if (check.importId !== undefined) return importFailures(client, check);
  // Queried concurrently: the engine checks resources one after another, so each round trip adds up.
  const isNew = isPlacePlanned(client, { project: inputs.project });
  const answers = await Promise.all([
    checkPool(client, inputs.rootDisk?.pool, "rootDisk.pool"),
    checkMember(client, inputs.target, "machine"),
    mediaFailures(client, inputs),
    deviceFailures(client, inputs),
    configFailures(client, inputs),
    pullFailures(client, check),
    isNew ? [] : profileFailures(client, inputs),
    isNew ? [] : nameFailures(client, check),
  ]);
  return [...featureFailures(info, inputs), ...sourceFailures(check), ...rootSizeFailures(inputs), ...answers.flat()];
}

/** The daemons create a container without a source, but it never starts. */
function sourceFailures({ inputs }: CheckContext<InstanceInputs>): Failure[] {
  if (inputs.type !== "container" || inputs.source !== undefined) return [];
  const reason = 'is required for a container; only an instance with type: "virtual-machine" can be blank';
  return [{ property: "source", reason }];
}

/** Asks a web server for a backup, and an image server whether it has the image in a form that the daemon pulls. */
async function pullFailures(client: Client, check: CheckContext<InstanceInputs>): Promise<Failure[]> {
  const { source, type } = check.inputs;
  if (source === undefined || typeof source !== "object" || hasUnknown(source)) return [];
  if ("backup" in source) return unreachableFailures([backupPart(source)], check.signal);
  if (!("server" in source) || hasUnknown(type)) return [];
  return streamsFailures(client, { ...source, type }, { ...check, advice: relayAdvice });
}

const relayAdvice = "create an Image of it with relay: true, and use source: { image: IMAGE.fingerprint }";

async function profileFailures(client: Client, inputs: PartialInstanceInputs): Promise<Failure[]> {
  const { profiles, project } = inputs;
  if (!Array.isArray(profiles) || hasUnknown(profiles) || project === undefined || isUnknown(project)) return [];
  const existing = await listProfiles(client, project);
  const names = existing.map((profile) => profile.name);
  const missing = missingProfiles(client, { profiles, project }, existing);
  const used = existing.filter((profile) => profiles.includes(profile.name));
  const isSettled = profiles.every((profile) => names.includes(profile));
  if (!isSettled) return missing;
  return [...(hasRoot(inputs, used) ? [] : [noRoot]), ...(await unmetFailures(client, inputs, used))];
}

/** Pools round sizes up, by 4 MiB at most. */
const roundingBytes = 4 * 2 ** 20;

/** The servers refuse a root disk that is smaller than that of the image, but report only the packed size of an image. */
function rootSizeFailures({ source, rootDisk }: PartialInstanceInputs): Failure[] {
  if (source === undefined || hasUnknown([source, rootDisk]) || !("image" in source)) return [];
  const [needed, given] = [diskBytesOf(source.image), parseSize(rootDisk?.size ?? "")];
  if (needed === undefined || given === undefined || given + roundingBytes > needed) return [];
  const least = `${Math.ceil(needed / 2 ** 20)}MiB`;
  return [{ property: "rootDisk.size", reason: `is smaller than the disk of the image; set at least "${least}"` }];
}

const noRoot: Failure = {
  property: "rootDisk",
  reason:
    'is required: neither the devices nor the profiles of this instance have a root disk; for example { pool: "default" }',
};

function hasRoot({ rootDisk, devices }: PartialInstanceInputs, profiles: WireProfile[]): boolean {
  if (rootDisk !== undefined || hasUnknown(devices)) return true;
  const expanded = Object.assign({}, ...profiles.map((profile) => profile.devices ?? {}), devices) as Record<
    string,
    StringMap
  >;
  return Object.values(expanded).some((device: StringMap) => device["type"] === "disk" && device["path"] === "/");
}

async function nameFailures(
  client: Client,
  { inputs, replaced, urn, noteAbsent }: CheckContext<InstanceInputs>,
): Promise<Failure[]> {
  const { project, name } = inputs;
  if (project === undefined || name === undefined || isUnknown(project) || isUnknown(name)) return [];
  if (replaced?.name === name && replaced.project === project) return [];
  const found = await findInstance(client, { project, name });
  if (found === undefined) noteAbsent("instance", idOf({ project, name }));
  const error = found === undefined ? undefined : conflict(found.value, inputs, urn);
  return error === undefined ? [] : [{ property: "name", reason: error.message }];
}
