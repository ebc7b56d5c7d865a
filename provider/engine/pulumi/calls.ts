// The engine's calls in progress; each has a signal that fires when the run is cancelled or the engine exits.
import { setMaxListeners } from "node:events";
import { isCode, LxdError } from "../../base/errors";

export class Calls {
  readonly #underWay = new Set<AbortController>();
  #stopped: LxdError | undefined;

  /** Runs the work of one call. Any failure after the signal has fired is attributed to the signal. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const call = new AbortController();
    // Every request and wait of a call adds a listener, and large calls have many at a time.
    setMaxListeners(0, call.signal);
    if (this.#stopped !== undefined) call.abort(this.#stopped);
    this.#underWay.add(call);
    try {
      return await work(call.signal);
    } catch (error) {
      throw this.#explain(error);
    } finally {
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

  #explain(error: unknown): unknown {
    if (this.#stopped === undefined || isCode(error, "cancelled")) return error;
    return new LxdError({ ...this.#stopped.details, doing: LxdError.from(error).details.doing, cause: error });
  }
}
