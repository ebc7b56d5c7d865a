// What a machine is known by to commands and snapshots: when it was made. A preview of a change in place must know it.
import { findInstance } from "../../api/instances";
import { type Completion } from "../../kind";
import { hasUnknown, unknown } from "../../unknowns";
import { isSame } from "./change";
import { type InstanceInputs } from "./schema";

/**
 * Undefined for a machine that is to be made: only the making tells. While a resource changes, Pulumi's previews know of
 * its outputs no more than `check` returns.
 */
export async function madeBefore(completion: Completion<InstanceInputs>): Promise<string | undefined> {
  const { draft, olds, client } = completion;
  const { project, name, createdAt } = olds ?? {};
  if (project === undefined || name === undefined) return undefined;
  // An unchanged one keeps its outputs, and the daemon is left alone.
  if (isSame({ ...olds, createdAt: undefined }, draft)) return createdAt;
  if (hasUnknown([draft.remote, project, name])) return unknown;
  return (await findInstance(client(), { project, name }))?.value.created_at;
}
