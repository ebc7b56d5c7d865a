// How many golden images are built at the same time by this process, which serves all resources of a run.
import { Semaphore } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";

const defaultParallelBuilds = 4;
/** By the limit, which is the same for all resources of a run. */
const semaphores = new Map<number, Semaphore>();

/** The stack's config is text. */
export function parallelBuilds(config: string | undefined): number {
  if (config === undefined) return defaultParallelBuilds;
  if (/^[1-9]\d*$/.test(config)) return Number(config);
  const why = `lxd:parallelBuilds must be an integer of at least 1, but is "${config}"`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Correct it with `pulumi config set`." });
}

/** Does the work when fewer than `limit` builds run. */
export function withBuildSlot<T>(limit: number, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const semaphore = semaphores.get(limit) ?? new Semaphore(limit);
  semaphores.set(limit, semaphore);
  return semaphore.run(work, onWait);
}
