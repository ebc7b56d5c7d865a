// The identity by which commands and snapshots refer to an instance. A preview of an in-place update must know it.
import { identityOf, locateInstance } from "../../lxd/api/instance/instance-identity";
import { type CheckContext } from "../../kind/kind";
import { hasUnknown, unknown } from "../../kind/unknowns";
import { isSame } from "./preflight/change";
import { type InstanceInputs } from "./schema";

/**
 * Undefined for an instance still to be created, since its creation determines the identity. While a resource changes,
 * Pulumi's previews know only those of its outputs that `check` returns.
 */
export async function identityBefore(check: CheckContext<InstanceInputs>): Promise<string | undefined> {
  const { inputs, olds, client } = check;
  const { project, name, __identity: identity } = olds ?? {};
  if (project === undefined || name === undefined || identity !== undefined) return identity;
  // An unchanged resource keeps its outputs, so the daemon is not queried.
  if (isSame({ ...olds, __identity: undefined }, inputs)) return undefined;
  if (hasUnknown([inputs.remote, project, name])) return unknown;
  const found = await locateInstance(client(), { project, name });
  return found && identityOf(found.value);
}
