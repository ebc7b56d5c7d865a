// The only polling loop; it uses a monotonic clock, so changes of the system time do not affect it.

export interface Polling {
  /** Pauses between two looks; a client ends its pause when the run is cancelled. */
  client: { pause: (ms: number) => Promise<void> };
  everyMs: number;
  /** How long to poll. Use `Infinity` if `look` throws after its own deadline. */
  withinMs: number;
}

/**
 * Polls until an attempt returns a result, and returns it; undefined after the deadline. Makes at least one attempt.
 */
export async function poll<T>(
  { client, everyMs, withinMs }: Polling,
  look: (leftMs: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look(end - performance.now());
    if (found !== undefined) return found;
    if (performance.now() >= end) return undefined;
    await client.pause(everyMs);
  }
}
