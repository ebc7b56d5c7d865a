// What to do when nobody has heard what came of a request that makes an instance: look what the server knows of it.
import { poll } from "../../../base/poll";
import { findInstance, type InstanceAddress, type WireInstance } from "../../../lxd/api/instance/instances";
import { outcomeOf } from "../../../lxd/api/operations";
import { type Client } from "../../../lxd/client/core/client";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";

/** A daemon that has just got a request has not begun its operation yet, and shows neither that nor an instance. */
const beginMs = 3000;
const pauseMs = 250;

interface Look {
  at: InstanceAddress;
  /** How long the daemon may take for it, if it has begun. */
  deadlineMs: number;
  /**
   * What shows that it was done: that the instance is there, or that its operation was seen to succeed. The servers show
   * an instance before its disk is filled, and forget operations when they are started again.
   */
  evidence: "instance" | "operation";
  /** Throws if what is there now is not what was asked for. */
  check?: (found: WireInstance) => void;
}

/** Asks for an instance. The request is never sent twice: a daemon that has it makes what it says. */
export async function createOrFind({ client, status }: Context, look: Look, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!isCode(error, "unavailable")) throw error;
    status(`the response was lost: looking for ${look.at.name}`);
    // If the daemon is still away, that it was away in the first place is what counts.
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
  const pause = (ms: number): Promise<void> => client.pause(ms);
  const seen = await poll({ pause, everyMs: pauseMs, withinMs: beginMs }, async () => {
    const outcome = await outcomeOf(client, at, deadlineMs);
    const found = await findInstance(client, at);
    last.isThere = found !== undefined;
    return evidence === "instance" || outcome === "succeeded" ? found?.value : undefined;
  });
  return seen ?? (last.isThere ? "unclear" : "nothing");
}
