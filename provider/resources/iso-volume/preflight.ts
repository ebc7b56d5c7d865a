// Preflight checks of an ISO volume: location, name, free space and import.
import { findPool, freeSpace } from "../../lxd/api/storage/pools";
import { findVolume, sizeOf, type VolumeAddress, type WireVolume } from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { requireExtension } from "../../lxd/client/discovery/server-info";
import { formatBytes } from "../../content/progress";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { checkPool, checkProject } from "../shared/common";
import { inUse } from "../shared/in-use";
import { checkMember } from "../shared/cluster-member";
import { isPlacePlanned, plan } from "../shared/planned";
import { importFailures } from "./import";
import { downloadFailures, sizeInAdvance } from "./source";
import { type IsoVolumeInputs, type PartialIsoVolumeInputs, unverified } from "./inputs";
import { isAutomatic } from "./names";
import { volumeId } from "./id";

/** A volume with its address. */
export interface VolumeFound extends Found<WireVolume> {
  at: VolumeAddress;
  /** Whether its content was compared with the source. */
  isCompared?: boolean;
}

export async function preflight(client: Client, check: CheckContext<IsoVolumeInputs>): Promise<Failure[]> {
  const { inputs, importId } = check;
  requireExtension(await client.info(), "custom_volume_iso", "ISO volumes");
  // Queried concurrently: the engine checks resources one after another, so each round trip adds up.
  const places = await Promise.all([
    checkProject(client, inputs.project),
    checkPool(client, inputs.pool, "pool"),
    checkMember(client, inputs.target, "volume"),
  ]);
  const failures = places.flat();
  const { project, pool, name, target } = inputs;
  if (failures.length > 0 || project === undefined || pool === undefined || name === undefined) return failures;
  if ([project, pool, name, target].some(isUnknown) || isPlacePlanned(client, { project, pool })) return failures;
  const at = { project, pool, name, target };
  // An instance may reference the volume as a disk in the same preview.
  plan(client, "storage volume", volumeId(at));
  if (importId !== undefined) return importFailures(client, at, check);
  const answers = await Promise.all([
    nameFailures(client, at, check),
    spaceFailures(client, at, check),
    sourceFailures(check),
  ]);
  return answers.flat();
}

async function sourceFailures({ inputs, signal }: CheckContext<IsoVolumeInputs>): Promise<Failure[]> {
  const { source, digest, allowAnyContent } = inputs;
  // What is wrong with the source itself is reported already.
  if (source === undefined || hasUnknown([source, digest])) return [];
  return downloadFailures(source, { allowAnyContent, signal });
}

/**
 * Why an existing volume cannot become this resource's. Under an automatic name it is left by an interrupted run. Under
 * a fixed name its origin is unknown unless its content is compared.
 */
export async function conflict(
  client: Client,
  found: VolumeFound,
  inputs: PartialIsoVolumeInputs,
  urn: string,
): Promise<LxdError | undefined> {
  const { value, at } = found;
  const isOurs = isAutomatic(inputs, urn) || inputs.overwrite === true;
  if (value.content_type !== "iso" || (!isOurs && !(await canCompare(client, value, inputs))))
    return alreadyExists(value, at);
  const users = value.used_by ?? [];
  return isOurs && users.length > 0 ? inUse("ISO volume", users) : undefined;
}

/** Whether the content can be compared: the server can export it, and its size matches. */
async function canCompare(
  client: Client,
  wire: WireVolume,
  { source, digest }: PartialIsoVolumeInputs,
): Promise<boolean> {
  if (source === undefined || isUnknown(digest) || digest === unverified || "volume" in source) return false;
  if (!(await client.info()).extensions.has("backup_iso")) return false;
  const size = await sizeInAdvance(source);
  return size === undefined || size === sizeOf(wire);
}

export function alreadyExists(wire: WireVolume, at: VolumeAddress): LxdError {
  const kind = wire.content_type === "iso" ? "an ISO volume" : `a volume of content type "${wire.content_type}"`;
  const why = `${kind} of that name already exists, with ${sizeOf(wire)} bytes`;
  const overwrite =
    wire.content_type === "iso"
      ? "Set `overwrite: true` to delete it and import the content again (refused while a machine uses it). Or pass"
      : "Pass";
  const advice = `${overwrite} { import: "${volumeId(at)}" } to adopt it, or choose another name.`;
  return new LxdError({ code: "already-exists", why, advice });
}

async function nameFailures(
  client: Client,
  at: VolumeAddress,
  { inputs, replaced, urn, noteAbsent }: CheckContext<IsoVolumeInputs>,
): Promise<Failure[]> {
  if (replaced?.name === at.name && replaced.pool === at.pool && replaced.project === at.project) return [];
  const found = await findVolume(client, at);
  if (found === undefined) noteAbsent("ISO volume", volumeId(at));
  const error = found && (await conflict(client, { ...found, at }, inputs, urn));
  return error === undefined ? [] : [{ property: "name", reason: error.message }];
}

/** The daemon spools the whole body before it copies it into the pool; a `dir` pool usually shares that file system. */
async function spaceFailures(
  client: Client,
  { pool, target }: VolumeAddress,
  { inputs }: CheckContext<IsoVolumeInputs>,
): Promise<Failure[]> {
  const { source, digest } = inputs;
  // Unidentified content is reported elsewhere.
  if (source === undefined || isUnknown(digest)) return [];
  const size = await sizeInAdvance(source);
  const free = size === undefined ? undefined : await freeSpace(client, pool, target);
  if (size === undefined || free === undefined) return [];
  const found = await findPool(client, pool);
  const needed =
    found?.driver === "dir" && (found.config?.["source"] ?? "").includes("/storage-pools/") ? 2 * size : size;
  if (free >= needed) return [];
  const reason = `the storage pool "${pool}" has ${formatBytes(free)} free, and the import needs ${formatBytes(needed)}; make room or choose another pool`;
  return [{ property: "pool", reason }];
}
