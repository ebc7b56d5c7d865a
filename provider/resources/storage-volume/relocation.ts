// Renames a volume or moves it to another pool in place, and cleans up after an interrupted move.
//
// Servers copy a volume to the other pool, record first, and finally delete the original. A key in the volume's config,
// which the copy inherits, records that a move has begun.
import { moveVolume, updateVolume } from "../../lxd/api/storage/data-volumes";
import { settleVolumeMoves } from "../../lxd/api/operations";
import { listPools } from "../../lxd/api/storage/pools";
import {
  deleteVolume,
  findVolume,
  listVolumes,
  memberOf,
  type VolumeAddress,
  type WireVolume,
} from "../../lxd/api/storage/volumes";
import { type Found } from "../../lxd/client/core/requests";
import { type Context } from "../../kind/kind";
import { type ConfigFound } from "../config-map/definition";
import { movingKey, ownerKey } from "../shared/ownership";
import { type StorageVolumeInputs } from "./inputs";
import { copyDeadlineMs } from "./make";

type Inputs = StorageVolumeInputs;
type VolumeFound = ConfigFound<Inputs, WireVolume>;

/** The volume's address with its cluster member, where the server reports one. */
export function placed(at: Inputs & { location?: string }): VolumeAddress {
  const { project, pool, name, target } = at;
  return { project, pool, name, target: memberOf(at) ?? target };
}

export async function move(
  { client, status }: Context,
  found: VolumeFound,
  news: Inputs,
): Promise<boolean | "relocated"> {
  const from = found.at;
  if (from.name === news.name && from.pool === news.pool) return false;
  const isCopied = from.pool !== news.pool;
  status(isCopied ? `moving to pool ${news.pool}` : "renaming");
  if (isCopied) await mark(client, found, { [movingKey]: news.pool });
  await moveVolume(client, placed(from), news, copyDeadlineMs);
  // A volume in another pool has a new creation time; where the server reports none, the name is the identity.
  return "relocated";
}

/** Completes a move that an earlier run began. Runs before any other change to the volume, and after a move. */
export async function finishMove(context: Context, { at, value }: VolumeFound): Promise<boolean | "relocated"> {
  const { client } = context;
  if (value.config?.[movingKey] === undefined) return false;
  await settleVolumeMoves(client, at.project, copyDeadlineMs);
  const found = await findVolume(client, placed(at));
  // The server has completed the move on its own.
  if (found === undefined) return "relocated";
  await removeMoved(context, { ...found, at });
  await mark(client, { ...found, at });
  return true;
}

/** Removes copies in other pools of a volume that is marked as moving. */
export async function removeMoved({ client, urn }: Context, { at, value }: VolumeFound): Promise<void> {
  if (value.config?.[movingKey] === undefined) return;
  await settleVolumeMoves(client, at.project, copyDeadlineMs);
  for (const { name: pool } of await listPools(client)) {
    if (pool === at.pool) continue;
    for (const { name, config, location } of await listVolumes(client, { project: at.project, pool })) {
      if (config?.[movingKey] === undefined || config[ownerKey] !== urn) continue;
      await deleteVolume(client, placed({ ...at, pool, name, location }));
    }
  }
}

async function mark(
  client: Context["client"],
  { at, value, etag }: Found<WireVolume> & { at: Inputs },
  moving: Record<string, string> = {},
): Promise<void> {
  const { [movingKey]: _old, ...config } = value.config ?? {};
  const settings = { description: value.description, config: { ...config, ...moving } };
  await updateVolume(client, placed(at), { value, etag }, settings);
}
