// How much one server is asked to do at a time: its changes have a bound, of which uploads get no more than half.
import { Semaphore } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";

/** Changes that a server works on at a time, unless stack config `lxd:parallel` has another number. */
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
 * A change is counted until its operation has ended, since that is what burdens the server. Reads, and with them all
 * waits, are not: a change that is waited for never needs a place that another one holds.
 */
export class ConcurrencyLimiter {
  readonly #changes: Semaphore;
  readonly #uploads: Semaphore;

  constructor(parallel: number) {
    this.#changes = new Semaphore(parallel);
    // Large files take long; small changes go on beside them.
    this.#uploads = new Semaphore(Math.max(1, Math.floor(parallel / 2)));
  }

  /** `work` may leave before it is over: when it only waits for what the server has no work with. */
  async run<T>(isUpload: boolean, work: (leave: () => void) => Promise<T>): Promise<T> {
    // In this order, so that whoever waits for an upload's place holds nothing that others need.
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

/** The same for all addresses of a server, which is known by its certificate; members of a cluster have one together. */
export function limiterOf(fingerprint: string, parallel: number): ConcurrencyLimiter {
  const key = `${fingerprint} ${parallel}`;
  const limiter = ofServers.get(key) ?? new ConcurrencyLimiter(parallel);
  ofServers.set(key, limiter);
  return limiter;
}
