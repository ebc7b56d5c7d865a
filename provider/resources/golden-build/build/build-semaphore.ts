// Limits how many golden images this process, which serves all resources of a run, builds concurrently.
import { Semaphore } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";

const defaultParallelBuilds = 4;
/** Keyed by the limit, which is the same for all resources of a run. */
const semaphores = new Map<number, Semaphore>();

/** Stack configuration values are strings. */
export function parallelBuilds(config: string | undefined): number {
  if (config === undefined) return defaultParallelBuilds;
  if (/^[1-9]\d*$/.test(config)) return Number(config);
  const why = `lxd:parallelBuilds must be an integer of at least 1, but is "${config}"`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Correct it with `pulumi config set`." });
}

/** Runs the work once fewer than `limit` builds are running. */
export function withBuildSlot<T>(limit: number, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const semaphore = semaphores.get(limit) ?? new Semaphore(limit);
  semaphores.set(limit, semaphore);
  return semaphore.run(work, onWait);
}
