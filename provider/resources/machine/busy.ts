// Waits for a running operation on an instance before the next change.
import { type InstanceAddress } from "../../lxd/api/instance/instances";
import { settleInstance } from "../../lxd/api/operations";
import { isCode, LxdError } from "../../base/errors";
import { type Context } from "../../kind/kind";

/** The maximum duration of any operation on the server. */
const deadlineMs = 10 * 60_000;
/**
 * Some causes of "busy", such as a guest powering itself off, are not listed as operations and end soon. Incus also
 * keeps an instance busy after a clean stop has exceeded its time limit, and that state does not end.
 */
const unlistedMs = 60_000;
const pausesMs = [250, 500, 1000, 2000];

/** A caller that changes an instance, with the status line that shows what it waits for. */
export type Changer = Pick<Context, "client"> & Partial<Pick<Context, "status">>;

/**
 * Retries a change while the server is busy with the instance, or while its guest has not released a device that is
 * replaced. The server refuses a conflicting change at once, before it starts any of it; if a device cannot be replaced,
 * it undoes the change.
 */
export async function retryWhileBusy<T>(changer: Changer, at: InstanceAddress, change: () => Promise<T>): Promise<T> {
  const end = performance.now() + deadlineMs;
  let unlistedEnd: number | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      return await change();
    } catch (error) {
      const operation = busyWith(error);
      const isHeld = isDeviceHeld(error);
      if (operation === undefined && !isHeld) throw error;
      const now = performance.now();
      if (now >= Math.min(end, unlistedEnd ?? end))
        throw isHeld ? notReleased(error) : tooLong(LxdError.from(error), unlistedEnd !== undefined);
      changer.status?.(
        isHeld
          ? `waiting until the guest of ${at.name} releases the old device`
          : `waiting for the "${operation ?? ""}" operation of ${at.name}`,
      );
      const isListed = !isHeld && (await settled(changer, at, end - now));
      unlistedEnd = isListed ? undefined : (unlistedEnd ?? now + unlistedMs);
      await changer.client.pause(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0);
    }
  }
}

/** Whether the server listed an operation to wait for. */
async function settled({ client }: Changer, { project, name }: InstanceAddress, withinMs: number): Promise<boolean> {
  try {
    return await settleInstance(client, { project, name }, withinMs);
  } catch (error) {
    if (isCode(error, "timeout")) return true;
    throw error;
  }
}

/** The action that keeps the instance busy, as the server reports it: `stop`, `restore`. */
function busyWith(error: unknown): string | undefined {
  if (!(error instanceof LxdError)) return undefined;
  return /Instance is busy running an? "([^"]+)" operation/.exec(error.details.why)?.[1];
}

/** QEMU removes a device only once the guest agrees, which one that boots does not. */
function isDeviceHeld(error: unknown): boolean {
  return error instanceof LxdError && error.details.why.includes("Duplicate device ID");
}

function notReleased(error: unknown): LxdError {
  const { details } = LxdError.from(error);
  const why = `${details.why}: the guest has not released the old device`;
  const advice = "Run `pulumi up` again when the guest has started, or stop the machine first (running: false).";
  return new LxdError({ ...details, code: "in-use", why, advice });
}

function tooLong({ details }: LxdError, isUnlisted: boolean): LxdError {
  const minutes = (isUnlisted ? unlistedMs : deadlineMs) / 60_000;
  const why = `${details.why}, still after ${minutes} min${isUnlisted ? ", and lists no such operation" : ""}`;
  const advice = isUnlisted ? unlistedAdvice : "When that operation is over, run `pulumi up` again.";
  return new LxdError({ ...details, code: "timeout", why, advice });
}

const unlistedAdvice =
  "A failed clean stop leaves machines of Incus in this state: force it to stop, or shut it down from inside, then run `pulumi up` again.";
