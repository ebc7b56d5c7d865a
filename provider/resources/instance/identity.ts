// What a machine is known by to commands and snapshots. A preview of a change in place must know it.
import { identityOf, locateInstance } from "../../lxd/api/instance/instance-identity";
import { type CheckContext } from "../../kind/kind";
import { hasUnknown, unknown } from "../../kind/unknowns";
import { isSame } from "./preflight/change";
import { type InstanceInputs } from "./schema";

/**
 * Undefined for a machine that is to be made: only the making tells. While a resource changes, Pulumi's previews know of
 * its outputs no more than `check` returns.
 */
export async function identityBefore(check: CheckContext<InstanceInputs>): Promise<string | undefined> {
  const { inputs, olds, client } = check;
  const { project, name, __identity: identity } = olds ?? {};
  if (project === undefined || name === undefined || identity !== undefined) return identity;
  // An unchanged one keeps its outputs, and the daemon is left alone.
  if (isSame({ ...olds, __identity: undefined }, inputs)) return undefined;
  if (hasUnknown([inputs.remote, project, name])) return unknown;
  const found = await locateInstance(client(), { project, name });
  return found && identityOf(found.value);
}
