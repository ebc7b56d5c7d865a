// Who uses a volume, and how machines of the same stack let go of it.
import { findInstance, type InstanceAddress, updateInstance } from "../../api/instances";
import { findVolume, type VolumeAddress } from "../../api/volumes";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";
import { isSameStack, ownerKey } from "../ownership";

/**
 * Takes a volume out of the machines of this stack, so that it can be deleted; they get its successor when they are
 * updated. If anything else uses the volume, nothing is touched and the error names every user.
 */
export async function releaseVolume(client: Client, volume: VolumeAddress, urn: string): Promise<void> {
  const found = await findVolume(client, volume);
  const users = (found?.value.used_by ?? []).map(parseUser);
  const own: InstanceAddress[] = [];
  const foreign: string[] = [];
  for (const { kind, address } of users) {
    const instance = kind === "instances" ? await findInstance(client, address) : undefined;
    if (isSameStack(urn, instance?.value.config?.[ownerKey])) own.push(address);
    // The daemon names collections: `instances`, `profiles`.
    else foreign.push(`${kind.replace(/s$/, "")} ${address.project}/${address.name}`);
  }
  if (foreign.length > 0) {
    throw new LxdError({
      code: "in-use",
      why: `the volume is in use by ${foreign.join(", ")}`,
      advice: "Take it out of them first; they are not of this stack.",
    });
  }
  for (const instance of own) await detach(client, instance, volume);
}

async function detach(client: Client, at: InstanceAddress, volume: VolumeAddress): Promise<void> {
  const found = await findInstance(client, at);
  if (found === undefined) return;
  const devices = Object.entries(found.value.devices ?? {});
  const kept = devices.filter(([, device]) => device["pool"] !== volume.pool || device["source"] !== volume.name);
  if (kept.length === devices.length) return;
  await updateInstance(client, at, found, { devices: Object.fromEntries(kept) });
}

/** `/1.0/instances/vm?project=p`, or whatever else the daemon lists. */
function parseUser(url: string): { kind: string; address: InstanceAddress } {
  const [path = "", query = ""] = url.split("?");
  const [, , kind = "", ...name] = path.split("/");
  const project = new URLSearchParams(query).get("project") ?? "default";
  return { kind, address: { project, name: decodeURIComponent(name.join("/")) } };
}
