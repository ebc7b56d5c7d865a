// Preflight checks of a storage volume: its source, its size and its users.
import { isDeepStrictEqual } from "node:util";
import { parseUser } from "../../lxd/api/used-by";
import { findSnapshot } from "../../lxd/api/storage/data-volumes";
import { findInstance } from "../../lxd/api/instance/instances";
import { findVolume, memberOf, type VolumeAddress, type WireVolume } from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { missingExtension } from "../../lxd/client/discovery/server-info";
import { fileContent } from "../../content/local-file/file";
import { recogniseFile } from "../../content/recognition/local-file";
import { backupProblem } from "../../content/recognition/problems";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { parseSize } from "../../kind/units";
import { isPlacePlanned, isPlanned } from "../shared/planned";
import { ownerKey } from "../shared/ownership";
import { isRunning } from "../machine/power";
import {
  type BackupSource,
  type CopySource,
  type PartialStorageVolumeInputs,
  type StorageVolumeInputs,
} from "./inputs";

export async function preflight(
  client: Client,
  { inputs, olds, importId, signal }: CheckContext<StorageVolumeInputs>,
): Promise<Failure[]> {
  const { source } = inputs;
  if (source === undefined || hasUnknown(source) || importId !== undefined) return [];
  if ("volume" in source) return originalFailures(client, inputs, source);
  const info = await client.info();
  if (!info.extensions.has("custom_volume_backup")) {
    const { message: reason } = missingExtension(info, "custom_volume_backup", "backups of volumes");
    return [{ property: "source.backup", reason }];
  }
  const isNew = olds === undefined || !isDeepStrictEqual(plain(olds.source), plain(source));
  try {
    const problem = isNew ? await backupProblemOf(source) : undefined;
    if (problem !== undefined) return [{ property: "source.backup", reason: problem.message }];
    await fileContent(source.backup, { signal });
    return [];
  } catch (error) {
    return [{ property: "source.backup", reason: LxdError.from(error).message }];
  }
}

async function backupProblemOf({ backup }: BackupSource): Promise<LxdError | undefined> {
  return backupProblem({ name: backup, found: await recogniseFile(backup) }, "volume");
}

async function originalFailures(
  client: Client,
  inputs: PartialStorageVolumeInputs,
  { volume }: CopySource,
): Promise<Failure[]> {
  const at = { project: volume.project ?? inputs.project ?? "default", pool: volume.pool, name: volume.name };
  const id = `${at.project}/${at.pool}/${at.name}`;
  if (isUnknown(at.project) || isPlacePlanned(client, at) || isPlanned(client, "storage volume", id)) return [];
  const found = await findVolume(client, at).catch((error: unknown) => LxdError.from(error).message);
  const failure = (reason: string): Failure[] => [{ property: "source.volume", reason }];
  if (typeof found === "string") return failure(found);
  if (found === undefined) return failure(`there is no storage volume ${id} [not-found]`);
  const { content_type: type } = found.value;
  if (type === "iso") return failure(`${id} is an ISO volume; copy it with an IsoVolume`);
  const member = memberOf(found.value);
  if (member !== undefined && inputs.target !== undefined && inputs.target !== member && at.project !== inputs.project)
    return failure(`${id} is on the cluster member ${member}; servers copy to another member or project, not to both`);
  if (inputs.contentType !== undefined && !isUnknown(inputs.contentType) && inputs.contentType !== type)
    return [{ property: "contentType", reason: `the source ${id} is a ${type} volume; set that type, or omit it` }];
  if (volume.snapshot === undefined || (await findSnapshot(client, at, volume.snapshot)) !== undefined) return [];
  return failure(`${id} has no snapshot "${volume.snapshot}" [not-found]`);
}

export async function preflightChange(
  client: Client,
  { inputs, olds, urn }: CheckContext<StorageVolumeInputs>,
): Promise<Failure[]> {
  const { project, pool, name } = olds ?? {};
  if (project === undefined || pool === undefined || name === undefined || inputs.project !== project) return [];
  const at = { project, pool, name, target: olds?.target };
  const moved = { ...at, pool: inputs.pool ?? pool, name: inputs.name ?? name };
  const isMoved = !hasUnknown(moved) && (moved.pool !== pool || moved.name !== name);
  if (inputs.size === olds?.size && !isMoved) return [];
  const found = await findVolume(client, at);
  if (found === undefined) return [];
  return [
    ...shrinkFailures(found.value, inputs),
    ...(isMoved ? await moveFailures(client, found.value, { at, moved, urn }) : []),
  ];
}

/** The daemons refuse to shrink a block device, since that would lose the data at its end. */
function shrinkFailures(wire: WireVolume, { size }: PartialStorageVolumeInputs): Failure[] {
  const has = wire.config?.["size"];
  const [now, then] = [has, size].map((text) => (text === undefined ? undefined : parseSize(text)));
  if (wire.content_type !== "block" || now === undefined || then === undefined || then >= now) return [];
  return [
    {
      property: "size",
      reason: `a block volume cannot shrink: its size is ${has ?? ""}; set that size or a larger one`,
    },
  ];
}

async function moveFailures(
  client: Client,
  wire: WireVolume,
  { at, moved, urn }: { at: VolumeAddress; moved: VolumeAddress; urn: string },
): Promise<Failure[]> {
  const property = moved.name === at.name ? "pool" : "name";
  const there = isPlacePlanned(client, moved) ? undefined : await findVolume(client, moved);
  // A copy left by an interrupted move is cleaned up, so it is not a conflict.
  if (there !== undefined && there.value.config?.[ownerKey] !== urn)
    return [{ property, reason: `a volume ${moved.pool}/${moved.name} already exists; choose another name` }];
  for (const { collection, name, project } of (wire.used_by ?? []).map(parseUser)) {
    if (collection !== "instances") continue;
    const user = await findInstance(client, { project, name });
    if (user === undefined || !isRunning(user.value)) continue;
    const reason = `a volume in use by a running machine cannot change its name or pool; stop "${name}" first`;
    return [{ property, reason }];
  }
  return [];
}
