// A limit for what might never end.
import { setTimeout as sleep } from "node:timers/promises";

/** What was given up, as it did not end. */
export class Hung extends Error {}

/** Any run that takes longer hangs. */
const limitMs = 60_000;

export async function within<T>(work: Promise<T>): Promise<T> {
  const end = new AbortController();
  const late = sleep(limitMs, undefined, { signal: end.signal }).then(() => {
    throw new Hung(`was not done after ${limitMs / 1000} s`);
  });
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => end.abort());
}
