// Storage volumes: file systems and block devices of a pool, beside those of instances.
import { moveVolume, updateVolume, type VolumeSettings } from "../../api/data-volumes";
import { deleteVolume, findVolume, memberOf, type VolumeAddress, type WireVolume } from "../../api/volumes";
import { type Context } from "../../kind";
import { volumeName } from "../../schema";
import { checkPool, checkProject } from "../common";
import { configMapKind } from "../config-map/kind";
import { checkMember } from "../member";
import { complete, fields, policies, schema, type StorageVolumeInputs, type StorageVolumeOutputs } from "./inputs";
import { copyDeadlineMs, make } from "./make";
import { preflight, preflightChange } from "./preflight";

type Inputs = StorageVolumeInputs;
type Outputs = StorageVolumeOutputs;

export const storageVolume = configMapKind<Inputs, Outputs, WireVolume, VolumeSettings>({
  noun: "storage volume",
  schema,
  nameSchema: volumeName,
  policies,
  passed: ["target", "source"],
  fields,
  // Defaults of the pool and of its driver.
  isServers: (key) => /^(size$|block\.|zfs\.|lvm\.|ceph\.)/.test(key),
  complete,
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
  located,
  observe,
  mismatch: ({ content_type: type }, { contentType }) =>
    contentType === undefined || contentType === type ? undefined : `left by an earlier run, a ${type} volume`,
});

/** With the member that a volume is on, where the server says one. */
function placed(at: Inputs & { location?: string }): VolumeAddress {
  const { project, pool, name, target } = at;
  return { project, pool, name, target: memberOf(at) ?? target };
}

/** Other members may have volumes of the same name. */
function located({ pool, location }: Outputs, news: Inputs): Inputs & { location?: string } {
  return pool === news.pool ? { ...news, location } : news;
}

function observe(inputs: Inputs, wire: WireVolume): Omit<Outputs, "name" | "description" | "config" | "serverConfig"> {
  const { project, pool, source, target } = inputs;
  const contentType = wire.content_type as Outputs["contentType"];
  return { project, pool, source, target, contentType, location: wire.location };
}

/** A run that was killed after the move finds the volume in its new place. */
async function move({ client, status }: Context, olds: Outputs, news: Inputs): Promise<void> {
  const isMoved = olds.name !== news.name || olds.pool !== news.pool;
  if (!isMoved || (await findVolume(client, placed(olds))) === undefined) return;
  status(olds.pool === news.pool ? "renaming" : `moving to pool ${news.pool}`);
  await moveVolume(client, placed(olds), news, copyDeadlineMs);
}
