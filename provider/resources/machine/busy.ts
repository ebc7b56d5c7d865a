// Waits for what the server is doing with a machine already, so that it takes the next change of it.
import { type InstanceAddress } from "../../lxd/api/instance/instances";
import { settleInstance } from "../../lxd/api/operations";
import { isCode, LxdError } from "../../base/errors";
import { type Context } from "../../kind/kind";

/** As long as any operation of the server may take. */
const deadlineMs = 10 * 60_000;
/**
 * What a guest does of its own accord, such as powering off, is no operation that the server lists, and is soon over. Incus
 * also goes on calling a machine busy when a clean stop of it has failed for its time limit, and that does not end.
 */
const unlistedMs = 60_000;
const pausesMs = [250, 500, 1000, 2000];

/** Whoever changes a machine; its row in the display says what is waited for. */
export type Changer = Pick<Context, "client"> & Partial<Pick<Context, "status">>;

/**
 * Changes a machine as soon as the server is done with what it does to it. The server refuses a change at once, and has
 * begun nothing of it, while another one goes on that excludes it.
 */
export async function retryWhileBusy<T>(changer: Changer, at: InstanceAddress, change: () => Promise<T>): Promise<T> {
  const end = performance.now() + deadlineMs;
  let unlistedEnd: number | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      return await change();
    } catch (error) {
      const operation = busyWith(error);
      if (operation === undefined) throw error;
      const now = performance.now();
      if (now >= Math.min(end, unlistedEnd ?? end)) throw tooLong(LxdError.from(error), unlistedEnd !== undefined);
      changer.status?.(`waiting for the "${operation}" operation of ${at.name}`);
      const isListed = await settled(changer, at, end - now);
      unlistedEnd = isListed ? undefined : (unlistedEnd ?? now + unlistedMs);
      await changer.client.pause(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0);
    }
  }
}

/** Whether the server has listed anything to wait for. */
async function settled({ client }: Changer, { project, name }: InstanceAddress, withinMs: number): Promise<boolean> {
  try {
    return await settleInstance(client, { project, name }, withinMs);
  } catch (error) {
    if (isCode(error, "timeout")) return true;
    throw error;
  }
}

/** `stop`, `restore`: what the server says that it is doing with the machine. */
function busyWith(error: unknown): string | undefined {
  if (!(error instanceof LxdError)) return undefined;
  return /Instance is busy running an? "([^"]+)" operation/.exec(error.details.why)?.[1];
}

function tooLong({ details }: LxdError, isUnlisted: boolean): LxdError {
  const minutes = (isUnlisted ? unlistedMs : deadlineMs) / 60_000;
  const why = `${details.why}, still after ${minutes} min${isUnlisted ? ", and lists no such operation" : ""}`;
  const advice = isUnlisted ? unlistedAdvice : "When that operation is over, run `pulumi up` again.";
  return new LxdError({ ...details, code: "timeout", why, advice });
}

const unlistedAdvice =
  "A failed clean stop leaves machines of Incus in this state: force it to stop, or shut it down from inside, then run `pulumi up` again.";
