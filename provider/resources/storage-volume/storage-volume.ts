// Storage volumes: custom file systems and block devices in a pool.
import { updateVolume, type VolumeSettings } from "../../lxd/api/storage/data-volumes";
import { listPools } from "../../lxd/api/storage/pools";
import { deleteVolume, findVolume, listVolumes, type WireVolume } from "../../lxd/api/storage/volumes";
import { type Context } from "../../kind/kind";
import { volumeName } from "../../kind/schema";
import { checkPool, checkProject } from "../shared/common";
import { configMapKind } from "../config-map/kind";
import { type ConfigFound } from "../config-map/definition";
import { checkMember } from "../shared/cluster-member";
import { ownerKey } from "../shared/ownership";
import { computed, fields, policies, schema, type StorageVolumeInputs, type StorageVolumeOutputs } from "./inputs";
import { make } from "./make";
import { finishMove, move, placed, removeMoved } from "./relocation";
import { preflight, preflightChange } from "./preflight";

type Inputs = StorageVolumeInputs;
type Outputs = StorageVolumeOutputs;
type VolumeFound = ConfigFound<Inputs, WireVolume>;

export const storageVolume = configMapKind<Inputs, Outputs, WireVolume, VolumeSettings>({
  kindName: "storage volume",
  schema,
  nameSchema: volumeName,
  policies,
  passed: ["target", "source"],
  fields,
  // Defaults set by the pool and its driver.
  isServers: (key) => /^(size$|block\.|zfs\.|lvm\.|ceph\.)/.test(key),
  computed,
  identity: identityOf,
  search,
  isMadeSlowly: true,
  places: async (client, { project, pool, target }) =>
    (
      await Promise.all([
        checkProject(client, project),
        checkPool(client, pool, "pool"),
        checkMember(client, target, "volume"),
      ])
    ).flat(),
  preflight,
  preflightChange,
  idParts: ["project", "pool", "name"],
  blank: { project: "default", pool: "" },
  find: (client, at) => findVolume(client, placed(at)),
  make,
  settings: (_, settings) => settings,
  put: (client, at, found, settings) => updateVolume(client, placed(at), found, settings),
  drop: (client, at) => deleteVolume(client, placed(at)),
  move,
  finishMove,
  beforeRemove: removeMoved,
  located,
  observe,
  mismatch: ({ content_type: type }, { contentType }) =>
    contentType === undefined || contentType === type ? undefined : `left by an earlier run, a ${type} volume`,
});

/** Other cluster members may have a volume with the same name. */
function located({ at, value }: VolumeFound, news: Inputs): Inputs & { location?: string } {
  return at.pool === news.pool ? { ...news, location: value.location } : news;
}

/**
 * The creation time, which changes with a move to another pool. LXD 5.0 reports the year 1 for every volume; there the
 * name serves as the identity.
 */
function identityOf({ created_at: createdAt, config }: Pick<WireVolume, "created_at" | "config">): string | undefined {
  return config?.["volatile.uuid"] ?? (Date.parse(createdAt) > 0 ? createdAt : undefined);
}

/**
 * A renamed volume is in the same pool. A volume moved by an interrupted run is in another pool and is found by its
 * owner.
 */
async function search(context: Context, at: Inputs, identity: string): Promise<VolumeFound | undefined> {
  const { client, urn } = context;
  for (const { name: pool } of await listPools(client)) {
    const volumes = await listVolumes(client, { project: at.project, pool });
    const isIt = (wire: WireVolume): boolean =>
      identityOf(wire) === identity || (pool !== at.pool && wire.config?.[ownerKey] === urn);
    const wire = volumes.find(isIt);
    if (wire === undefined) continue;
    const place = { ...at, pool, name: wire.name, location: wire.location };
    const found = await findVolume(client, placed(place));
    return found && { ...found, at: place };
  }
  return undefined;
}

function observe(inputs: Inputs, wire: WireVolume): Omit<Outputs, "name" | "description" | "config" | "serverConfig"> {
  const { project, pool, source, target } = inputs;
  const contentType = wire.content_type as Outputs["contentType"];
  return { project, pool, source, target, contentType, location: wire.location };
}
