// Explains why a daemon does not find a CD-ROM's volume: it was deleted, or it is on another cluster member.
import { listGroupMembers } from "../../../lxd/api/cluster-members";
import { listIsoVolumes, type WireVolume } from "../../../lxd/api/storage/volumes";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { type Failure } from "../../../kind/kind";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { type VolumeReference } from "../../machine/devices/cdrom";
import { type InstanceInputs, type PartialInstanceInputs } from "../schema";

/** Adds advice to an error about a medium. */
export async function explainMedia(client: Client, inputs: InstanceInputs, error: LxdError): Promise<LxdError> {
  if (!error.details.why.includes("Failed loading custom volume")) return error;
  for (const { volume } of inputs.cdroms) {
    if (volume === undefined) continue;
    const found = await placesOf(client, inputs.project, volume).catch(() => undefined);
    const advice = found === undefined ? undefined : adviceFor(volume, found);
    if (advice !== undefined) return new LxdError({ ...error.details, advice });
  }
  return error;
}

/** Reports volumes that an instance on the specified member cannot use because they exist only on other members. */
export async function mediaFailures(
  client: Client,
  { target, project, cdroms }: PartialInstanceInputs,
): Promise<Failure[]> {
  if (target === undefined || isUnknown(target) || project === undefined || isUnknown(project)) return [];
  if (!Array.isArray(cdroms) || cdroms.length === 0 || !(await client.info()).clustered) return [];
  const members = target.startsWith("@") ? await listGroupMembers(client, target.slice(1)) : [target];
  const failures = cdroms.map(async ({ volume }, i): Promise<Failure[]> => {
    if (volume === undefined || hasUnknown(volume)) return [];
    // A missing volume may still be created by this program.
    const found = await placesOf(client, project, volume).catch(() => []);
    const elsewhere = found.map(({ location }) => location).filter((location) => !members.includes(location));
    if (found.length === 0 || elsewhere.length < found.length || isShared(elsewhere)) return [];
    const { pool, name } = volume;
    const reason = `the volume ${pool}/${name} is on the cluster member ${elsewhere.join(", ")} alone, and the machine is meant for ${target}; keep both on one member [not-found]`;
    return [{ property: `cdroms[${i}].volume`, reason }];
  });
  return (await Promise.all(failures)).flat();
}

function isShared(locations: string[]): boolean {
  return locations.some((location) => location === "" || location === "none");
}

/** Searches all members, since the instance's member is not known. */
async function placesOf(client: Client, project: string, volume: VolumeReference): Promise<WireVolume[]> {
  const volumes = await listIsoVolumes(client, { project, pool: volume.pool });
  return volumes.filter(({ name }) => name === volume.name);
}

function adviceFor(volume: VolumeReference, found: WireVolume[]): string | undefined {
  const id = `${volume.pool}/${volume.name}`;
  if (found.length === 0) return `There is no volume ${id}; name one that exists, or make it in this program.`;
  const members = found.map(({ location }) => location).filter((location) => location !== "" && location !== "none");
  if (members.length === 0) return undefined;
  return (
    `The volume ${id} is on the cluster member ${members.join(", ")} alone, and the server put the machine on another. ` +
    "Keep the volume on the machine's member (`target`), on all of them, or in a pool that they share."
  );
}
