// Creates objects that each cluster member must define first: networks and storage pools.
import { listMembers } from "../../lxd/api/cluster-members";
import { type Client } from "../../lxd/client/core/client";
import { isCode, LxdError } from "../../base/errors";
import { type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";

export interface Definition {
  /** Defines the object on one member. */
  define: (member: string) => Promise<void>;
  /** Creates the object on the whole cluster. */
  make: () => Promise<void>;
  remove: () => Promise<void>;
}

/**
 * A pending definition has no owner and holds no data, so a run completes what an interrupted run left behind, and
 * removes the definition after a failure.
 */
export async function makeOnMembers(client: Client, { define, make, remove }: Definition): Promise<void> {
  if (!(await client.info()).clustered) return make();
  try {
    for (const { server_name: member } of await listMembers(client)) await defineOnce(() => define(member));
    await make();
  } catch (error) {
    // The first error is the one that matters; a failed cleanup does not hide it.
    if (!isCode(error, "unavailable")) await remove().catch(() => undefined);
    throw error;
  }
}

/** Both daemons' error text for an object that is already defined. */
const defined = /already (exists|defined)/i;

async function defineOnce(define: () => Promise<void>): Promise<void> {
  try {
    await define();
  } catch (error) {
    if (!(error instanceof LxdError) || !defined.test(error.details.why)) throw error;
  }
}

/** Reports entries of `memberConfig` that do not name a cluster member. */
export async function memberFailures(client: Client, memberConfig: object | undefined): Promise<Failure[]> {
  const named = memberConfig === undefined || isUnknown(memberConfig) ? [] : Object.keys(memberConfig);
  if (named.length === 0) return [];
  if (!(await client.info()).clustered)
    return [{ property: "memberConfig", reason: "this server is not a cluster member; omit it" }];
  const members = (await listMembers(client)).map(({ server_name: member }) => member);
  return named
    .filter((member) => !members.includes(member))
    .map((member) => ({
      property: `memberConfig["${member}"]`,
      reason: `there is no cluster member "${member}"; members are: ${members.join(", ")} [not-found]`,
    }));
}
