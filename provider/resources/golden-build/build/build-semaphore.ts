// How many golden images are built at the same time by this process, which serves all resources of a run.
import { LxdError } from "../../../base/errors";

const defaultParallelBuilds = 4;
let busy = 0;
const waiting: (() => void)[] = [];

/** The stack's config is text. */
export function parallelBuilds(config: string | undefined): number {
  if (config === undefined) return defaultParallelBuilds;
  if (/^[1-9]\d*$/.test(config)) return Number(config);
  const why = `lxd:parallelBuilds must be an integer of at least 1, but is "${config}"`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Correct it with `pulumi config set`." });
}

/** Does the work when one of the slots is free. */
export async function withBuildSlot<T>(parallel: number, whenBusy: () => void, work: () => Promise<T>): Promise<T> {
  while (busy >= parallel) {
    whenBusy();
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  busy++;
  try {
    return await work();
  } finally {
    busy--;
    waiting.shift()?.();
  }
}
