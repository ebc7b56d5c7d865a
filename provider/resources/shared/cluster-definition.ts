// Makes what every member of a cluster must know of first: networks and storage pools.
import { listMembers } from "../../lxd/api/cluster-members";
import { type Client } from "../../lxd/client/core/client";
import { isCode, LxdError } from "../../base/errors";
import { type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";

export interface Definition {
  /** Defines it on one member. */
  define: (member: string) => Promise<void>;
  /** Makes it, everywhere. */
  make: () => Promise<void>;
  remove: () => Promise<void>;
}

/**
 * One that is defined only is nobody's yet and holds nothing: what a killed run has left of it is gone on with, and
 * after a failure nothing of it stays.
 */
export async function makeOnMembers(client: Client, { define, make, remove }: Definition): Promise<void> {
  if (!(await client.info()).clustered) return make();
  try {
    for (const { server_name: member } of await listMembers(client)) await defineOnce(() => define(member));
    await make();
  } catch (error) {
    // What was wrong first is what matters; the cleaning up is a courtesy.
    if (!isCode(error, "unavailable")) await remove().catch(() => undefined);
    throw error;
  }
}

/** The daemons' words for a definition that is there. */
const defined = /already (exists|defined)/i;

async function defineOnce(define: () => Promise<void>): Promise<void> {
  try {
    await define();
  } catch (error) {
    if (!(error instanceof LxdError) || !defined.test(error.details.why)) throw error;
  }
}

/** Members that are none. */
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
