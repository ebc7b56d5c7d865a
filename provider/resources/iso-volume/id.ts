// IDs of volumes: `project/pool/name`.
import { type VolumeAddress } from "../../lxd/api/storage/volumes";

export function volumeId({ project, pool, name }: VolumeAddress): string {
  return `${project}/${pool}/${name}`;
}

/** Undefined if the ID is not valid. */
export function parseVolumeId(id: string): VolumeAddress | undefined {
  const [project, pool, name, ...more] = id.split("/");
  return project && pool && name && more.length === 0 ? { project, pool, name } : undefined;
}
