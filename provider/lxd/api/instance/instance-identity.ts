// Identifies an instance, whatever its name, by its UUID and its creation time.
//
// Servers keep the UUID across renames and moves, and the time across renames. A PUT without volatile keys loses the
// UUID, and a copy that is restored to an inherited snapshot has the UUID of its source. So both are stored, and one of
// them must match.
import { type Client } from "../../client/core/client";
import { type Found } from "../../client/core/requests";
import { LxdError } from "../../../base/errors";
import { findInstance, type InstanceAddress, listInstances, type WireInstance } from "./instances";

export interface InstanceFound extends Found<WireInstance> {
  at: InstanceAddress;
}

/** Returns `<uuid>@<time>`; a part that the server does not report is empty. */
export function identityOf({ config, created_at: createdAt }: Pick<WireInstance, "config" | "created_at">): string {
  return `${config?.["volatile.uuid"] ?? ""}@${Date.parse(createdAt) > 0 ? createdAt : ""}`;
}

/** Tests whether two identities belong to the same instance. */
export function isSameInstance(one: string, other: string): boolean {
  const [uuid = "", time = ""] = one.split("@");
  const [otherUuid, otherTime] = other.split("@");
  return (uuid !== "" && uuid === otherUuid) || (time !== "" && time === otherTime);
}

/** Returns the instance with this name; with an identity, the instance with that identity anywhere in the project. */
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

/** A backup restored next to its original has the same UUID and time. */
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
