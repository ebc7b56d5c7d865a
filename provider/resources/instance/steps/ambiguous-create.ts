// Resolves an ambiguous create, when the outcome of the request is unknown, by querying the server.
import { poll } from "../../../base/poll";
import { findInstance, type InstanceAddress, type WireInstance } from "../../../lxd/api/instance/instances";
import { outcomeOf } from "../../../lxd/api/operations";
import { type Client } from "../../../lxd/client/core/client";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";

/** A daemon that has just received a request has neither an operation nor an instance yet. */
const beginMs = 3000;
const pauseMs = 250;

interface Look {
  at: InstanceAddress;
  /** How long the daemon may take once it has begun. */
  deadlineMs: number;
  /**
   * What proves that the create succeeded: that the instance exists, or that its operation succeeded. The servers list
   * an instance before its disk is filled, and forget operations on restart.
   */
  evidence: "instance" | "operation";
  /** Throws if the existing instance is not the requested one. */
  check?: (found: WireInstance) => void;
}

/** Sends a create request. It is never sent twice, since the daemon may already be executing it. */
export async function createOrFind({ client, status }: Context, look: Look, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!isCode(error, "unavailable")) throw error;
    status(`the response was lost: looking for ${look.at.name}`);
    // If the daemon is still unreachable, the original error matters.
    const seen = await lookFor(client, look).catch(() => "nothing" as const);
    if (seen === "nothing") throw new LxdError({ ...error.details, advice: notThere });
    if (seen === "unclear") throw new LxdError({ ...error.details, advice: unclear });
    look.check?.(seen);
  }
}

const notThere = "It was not found on the server. The next `pulumi up` looks again before it creates one.";
const unclear = "It exists, but may be incomplete. The next `pulumi up` creates it again.";

async function lookFor(client: Client, look: Look): Promise<WireInstance | "unclear" | "nothing"> {
  const { at, deadlineMs, evidence } = look;
  const last = { isThere: false };
  const seen = await poll({ client, everyMs: pauseMs, withinMs: beginMs }, async () => {
    const outcome = await outcomeOf(client, at, deadlineMs);
    const found = await findInstance(client, at);
    last.isThere = found !== undefined;
    return evidence === "instance" || outcome === "succeeded" ? found?.value : undefined;
  });
  return seen ?? (last.isThere ? "unclear" : "nothing");
}
