// What to do when nobody has heard what came of a request that makes an instance: look whether it is there.
import { findInstance, type InstanceAddress, type WireInstance } from "../../api/instances";
import { settleInstance } from "../../api/operations";
import { type Client } from "../../client/client";
import { isCode, LxdError } from "../../errors";
import { type Context } from "../../kind";

/** A daemon that has just got a request has not begun its operation yet, and shows neither that nor an instance. */
const beginMs = 3000;
const pauseMs = 250;

interface Look {
  at: InstanceAddress;
  /** How long the daemon may take for it, if it has begun. */
  deadlineMs: number;
  /** Throws if what is there now is not what was asked for. */
  check?: (found: WireInstance) => void;
}

/** Asks for an instance. The request is never sent twice: a daemon that has it makes what it says. */
export async function makeOrFind({ client, status }: Context, look: Look, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!isCode(error, "unavailable")) throw error;
    status(`the answer got lost: looking for ${look.at.name}`);
    // If the daemon is still away, that it was away in the first place is what counts.
    const found = await appearing(client, look).catch(() => undefined);
    if (found === undefined) throw new LxdError({ ...error.details, advice });
    look.check?.(found);
  }
}

const advice = "It was looked for and is not there. The next `pulumi up` looks again before it makes one.";

async function appearing(client: Client, { at, deadlineMs }: Look): Promise<WireInstance | undefined> {
  const end = performance.now() + beginMs;
  for (;;) {
    if ((await findInstance(client, at)) !== undefined) {
      // It is shown from the beginning of the operation that makes it, and goes again if that fails.
      await settleInstance(client, at, deadlineMs);
      return (await findInstance(client, at))?.value;
    }
    await settleInstance(client, at, deadlineMs);
    if (performance.now() >= end) return (await findInstance(client, at))?.value;
    await client.pause(pauseMs);
  }
}
