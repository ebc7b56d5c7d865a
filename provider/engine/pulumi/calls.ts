// The engine's calls in progress; each has a signal that fires when the run is cancelled or the engine exits.
import { setMaxListeners } from "node:events";
import { isCode, LxdError } from "../../base/errors";

export class Calls {
  readonly #underWay = new Set<AbortController>();
  #stopped: LxdError | undefined;

  /**
   * Runs the work of one call, which must end within a time if one is given. Any failure after the signal has fired is
   * attributed to the signal.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, timeoutMs?: number): Promise<T> {
    const call = new AbortController();
    // Every request and wait of a call adds a listener, and large calls have many at a time.
    setMaxListeners(0, call.signal);
    if (this.#stopped !== undefined) call.abort(this.#stopped);
    this.#underWay.add(call);
    const late = (): void => call.abort(timedOut(timeoutMs));
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, Math.min(timeoutMs, mostMs));
    try {
      return await work(call.signal);
    } catch (error) {
      throw explained(error, call.signal);
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(call);
    }
  }

  /** Cancels all calls, and later ones as soon as they start. */
  stop(why: string): void {
    this.#stopped ??= new LxdError({ code: "cancelled", why, advice: "Run the command again; it resumes." });
    for (const call of this.#underWay) call.abort(this.#stopped);
  }

  get areOver(): boolean {
    return this.#underWay.size === 0;
  }
}

/** The longest time that a timer of Node can wait. */
const mostMs = 2 ** 31 - 1;

function explained(error: unknown, { aborted, reason }: AbortSignal): unknown {
  if (!aborted || !(reason instanceof LxdError) || isCode(error, reason.code)) return error;
  return new LxdError({ ...reason.details, doing: LxdError.from(error).details.doing, cause: error });
}

function timedOut(timeoutMs = 0): LxdError {
  const why = `the operation took longer than the ${timeoutMs / 1000} s that the resource option customTimeouts allows`;
  return new LxdError({ code: "timeout", why, advice: "Allow more time, or run the command again; it resumes." });
}
