// Why a daemon does not find a cdrom's volume: it is gone, or on another member of the cluster than the machine.
import { listIsoVolumes, type WireVolume } from "../../api/volumes";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";
import { type VolumeReference } from "./devices";
import { type InstanceInputs } from "./schema";

/** The same error, with what can be done if it is about a medium. */
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

/** Of all members: nothing says on which one the machine would be. */
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
