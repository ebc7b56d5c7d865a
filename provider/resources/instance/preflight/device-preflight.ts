// Preflight checks of the networks and volumes that an instance's devices refer to.
//
// A host interface (`nics[].parent`) is left to the daemon: it lists the interfaces only to administrators, and never
// those of other cluster members.
import { isDeepStrictEqual } from "node:util";
import { findNetwork } from "../../../lxd/api/networks";
import { listVolumeNames } from "../../../lxd/api/storage/volumes";
import { type Client } from "../../../lxd/client/core/client";
import { isCode } from "../../../base/errors";
import { type Failure } from "../../../kind/kind";
import { plain } from "../../../kind/props";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { type VolumeReference } from "../../machine/devices/cdrom";
import { checkPool } from "../../shared/common";
import { isPlacePlanned, isPlanned } from "../../shared/planned";
import { type PartialInstanceInputs } from "../schema";

/** A project without its own networks or volumes uses those of this project. */
const sharedProject = "default";

export async function deviceFailures(client: Client, inputs: PartialInstanceInputs): Promise<Failure[]> {
  const { project, nics, disks, cdroms } = inputs;
  if (project === undefined || isUnknown(project) || isPlacePlanned(client, { project })) return [];
  const cards = listed(nics).map((nic, i) => {
    const name = "network" in nic ? nic.network : undefined;
    return name === undefined || isUnknown(name)
      ? []
      : networkFailures(client, { project, name }, `nics[${i}].network`);
  });
  const volumes = listed(disks).map((disk, i) => {
    if (!("volume" in disk) || isUnknown(disk.volume) || isUnknown(disk.pool)) return [];
    const property = { pool: `disks[${i}].pool`, volume: `disks[${i}].volume` };
    return missingFailures(client, { project, pool: disk.pool, name: disk.volume }, property);
  });
  const media = (await client.info()).extensions.has("custom_volume_iso") ? listed(cdroms) : [];
  const missing = media.map(({ volume }, i) => mediumFailures(client, { project, volume }, `cdroms[${i}].volume`));
  return (await Promise.all([...cards, ...volumes, ...missing])).flat();
}

/**
 * Checks only changed devices: what unchanged devices refer to exists, or its loss is drift that the daemon reports.
 */
export async function deviceChangeFailures(
  client: Client,
  inputs: PartialInstanceInputs,
  olds: PartialInstanceInputs | undefined,
): Promise<Failure[]> {
  const [before, after] = [olds ?? {}, inputs].map(({ nics, disks, cdroms }) => plain({ nics, disks, cdroms }));
  return isDeepStrictEqual(before, after) ? [] : deviceFailures(client, inputs);
}

/** The list, if it and all its elements are known. */
function listed<T extends object>(list: T[] | undefined): T[] {
  return Array.isArray(list) && !list.some((item) => isUnknown(item)) ? list : [];
}

async function networkFailures(
  client: Client,
  { project, name }: { project: string; name: string },
  property: string,
): Promise<Failure[]> {
  if ([project, sharedProject].some((place) => isPlanned(client, "network", `${place}/${name}`))) return [];
  try {
    const found = await findNetwork(client, { project, name });
    if (found?.value.managed === true) return [];
    const why =
      found === undefined ? `there is no network "${name}"` : `"${name}" is an interface of the server's host`;
    const advice = found === undefined ? "make it in this program, or name another" : interfaceAdvice(name);
    return [{ property, reason: `${why}; ${advice} [not-found]` }];
  } catch (error) {
    // A client that may not read the object may still be allowed to use it; the daemon decides at creation.
    if (isCode(error, "permission-denied")) return [];
    throw error;
  }
}

const interfaceAdvice = (name: string): string =>
  `for a network card on it, use for example { nictype: "macvlan", parent: "${name}" }`;

interface Volume {
  project: string;
  pool: string;
  name: string;
}

/** A volume of this program comes with its digest, and may be created later in the same run. */
async function mediumFailures(
  client: Client,
  { project, volume }: { project: string; volume: Partial<VolumeReference> | undefined },
  property: string,
): Promise<Failure[]> {
  if (volume === undefined || hasUnknown(volume)) return [];
  const { pool, name, digest } = volume;
  if (digest !== undefined || pool === undefined || name === undefined) return [];
  return missingFailures(client, { project, pool, name }, { pool: `${property}.pool`, volume: `${property}.name` });
}

async function missingFailures(
  client: Client,
  { project, pool, name }: Volume,
  property: { pool: string; volume: string },
): Promise<Failure[]> {
  if (isPlacePlanned(client, { project, pool })) return [];
  const failures = await checkPool(client, pool, property.pool);
  if (failures.length > 0) return failures;
  // The rest is a path in the volume, or one of its snapshots.
  const [volume = ""] = name.split("/");
  const isMade = [project, sharedProject].some((place) =>
    isPlanned(client, "storage volume", `${place}/${pool}/${volume}`),
  );
  if (isMade || (await listVolumeNames(client, { project, pool })).includes(volume)) return [];
  const reason = `there is no storage volume ${pool}/${volume} in project ${project}; make it in this program, or name another [not-found]`;
  return [{ property: property.volume, reason }];
}
