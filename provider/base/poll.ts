// The one loop that looks at something again and again, by the one clock that knows nothing of changes of the time.

export interface Polling {
  /** Ends early with the reason of a cancelled run. */
  pause: (ms: number) => Promise<void>;
  everyMs: number;
  /** `Infinity` for a look that throws by itself when it is too late. */
  withinMs: number;
}

/** What the first look that finds something returns; undefined if the time is over. It looks at least once. */
export async function poll<T>(
  { pause, everyMs, withinMs }: Polling,
  look: (leftMs: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look(end - performance.now());
    if (found !== undefined) return found;
    if (performance.now() >= end) return undefined;
    await pause(everyMs);
  }
}
