// Transfers objects owned by a former URN to the current one, after Pulumi's `aliases` option.
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

/**
 * Transfers everything on the building server, including instances. An unmarked image keeps the former URN in its file
 * name permanently.
 */
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
