// What a resource has made under a former URN becomes its own under the one that Pulumi's option `aliases` gave it.
import { type Context } from "../../kind/kind";
import { withoutOwner, withOwner } from "../image/owners";
import { changeSettings } from "../machine/settings";
import { ownerKey } from "../shared/ownership";
import { machinesOf } from "./build/machines";
import { changeProperties, type Place, removeImage, unmarkedOf, versionsOf } from "./versions";

/** Returns whether there was anything. */
export async function transferOwnership(place: Place, former: string | undefined): Promise<boolean> {
  const { client, project, urn } = place;
  if (former === undefined || former === urn) return false;
  const versions = await versionsOf({ ...place, urn: former });
  for (const { fingerprint } of versions) {
    await changeProperties(client, { project, fingerprint }, (current) =>
      withOwner(withoutOwner(current, former), urn),
    );
  }
  return versions.length > 0;
}

/** On the server that builds: with the machines. An image that was not marked has the former URN in its name for ever. */
export async function transferAll(
  place: Place,
  former: string | undefined,
  status: Context["status"],
): Promise<boolean> {
  const { client, project, urn } = place;
  if (former === undefined || former === urn) return false;
  const old = { ...place, urn: former };
  const hadVersions = await transferOwnership(place, former);
  const machines = await machinesOf(old);
  for (const { name } of machines) {
    await changeSettings({ client, status }, { project, name }, ({ config }) => ({
      config: { ...config, [ownerKey]: urn },
    }));
  }
  const unmarked = await unmarkedOf(old);
  for (const { fingerprint } of unmarked) await removeImage(old, fingerprint);
  return hadVersions || machines.length + unmarked.length > 0;
}
