// Limits the concurrent changes on a server, and uploads to half of that.
import { Semaphore } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";

/** Concurrent changes per server, unless stack config `lxd:parallel` overrides it. */
export const defaultParallel = 10;

export function parseParallel(text: string | undefined): number {
  if (text === undefined || text === "") return defaultParallel;
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new LxdError({
    code: "invalid-argument",
    why: `lxd:parallel must be an integer from 1 to 9999, but is ${JSON.stringify(text)}`,
    advice: "Correct it with `pulumi config set lxd:parallel 10`.",
  });
}

/**
 * A change counts until its operation has ended, because that is the load on the server. Reads, including waits, do not
 * count: a change that others wait for never needs a slot that one of them holds.
 */
export class ConcurrencyLimiter {
  readonly #changes: Semaphore;
  readonly #uploads: Semaphore;

  constructor(parallel: number) {
    this.#changes = new Semaphore(parallel);
    // Large uploads take long; small changes continue beside them.
    this.#uploads = new Semaphore(Math.max(1, Math.floor(parallel / 2)));
  }

  /** `work` may leave early, when it only waits for something that does not load the server. */
  async run<T>(isUpload: boolean, work: (leave: () => void) => Promise<T>): Promise<T> {
    // In this order, so that a caller that waits for an upload slot holds nothing that others need.
    const leaveUploads = isUpload ? await this.#uploads.enter() : undefined;
    const leaveChanges = await this.#changes.enter();
    const leave = (): void => {
      leaveChanges();
      leaveUploads?.();
    };
    try {
      return await work(leave);
    } finally {
      leave();
    }
  }
}

const ofServers = new Map<string, ConcurrencyLimiter>();

/**
 * Returns the limiter of a server, which is shared by all its addresses because it is identified by the certificate;
 * cluster members share one.
 */
export function limiterOf(fingerprint: string, parallel: number): ConcurrencyLimiter {
  const key = `${fingerprint} ${parallel}`;
  const limiter = ofServers.get(key) ?? new ConcurrencyLimiter(parallel);
  ofServers.set(key, limiter);
  return limiter;
}
