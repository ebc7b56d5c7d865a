// What tells an instance from all others, whatever it is called: its UUID, and when it was made.
//
// The daemons keep the UUID over renames and moves, and the time over renames. A UUID is lost by a PUT without volatile
// keys, and a copy that was restored to an inherited snapshot has that of its source: so both are kept, and one of them has
// to be the same.
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { LxdError } from "../../../base/errors";
import { findInstance, type InstanceAddress, listInstances, type WireInstance } from "./instances";

export interface InstanceFound extends Found<WireInstance> {
  at: InstanceAddress;
}

/** `<uuid>@<time>`; what a server does not say is empty. */
export function identityOf({ config, created_at: createdAt }: Pick<WireInstance, "config" | "created_at">): string {
  return `${config?.["volatile.uuid"] ?? ""}@${Date.parse(createdAt) > 0 ? createdAt : ""}`;
}

/** Whether two identities are of one instance. */
export function isSameInstance(one: string, other: string): boolean {
  const [uuid = "", time = ""] = one.split("@");
  const [otherUuid, otherTime] = other.split("@");
  return (uuid !== "" && uuid === otherUuid) || (time !== "" && time === otherTime);
}

/** The instance at a place; with an identity, the instance that has it, wherever in the project it is. */
export async function locateInstance(
  client: Client,
  at: InstanceAddress,
  identity?: string,
): Promise<InstanceFound | undefined> {
  const found = await findInstance(client, at);
  const isIt = (wire: WireInstance): boolean => identity === undefined || isSameInstance(identityOf(wire), identity);
  if (found !== undefined && isIt(found.value)) return { ...found, at };
  if (identity === undefined) return undefined;
  const renamed = theOne((await listInstances(client, at.project)).filter(isIt), identity);
  if (renamed === undefined) return undefined;
  const place = { project: at.project, name: renamed.name };
  const again = await findInstance(client, place);
  return again && { ...again, at: place };
}

/** Backups that were restored beside their original have its UUID and its time. */
function theOne(candidates: WireInstance[], identity: string): WireInstance | undefined {
  const [first, ...others] = candidates;
  const exact = candidates.filter((wire) => identityOf(wire) === identity);
  if (others.length === 0) return first;
  if (exact.length === 1) return exact[0];
  throw new LxdError({
    code: "conflict",
    why: `the instances ${candidates.map(({ name }) => name).join(" and ")} have the same identity (${identity})`,
    advice:
      "One is a restored backup of the other. Rename the one of this stack to its former name, or delete the other.",
  });
}
