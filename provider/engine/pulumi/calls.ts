// The engine's calls that are under way: each has a signal, which fires when the run is cancelled or its engine is gone.
import { setMaxListeners } from "node:events";
import { isCode, LxdError } from "../../base/errors";

export class Calls {
  readonly #underWay = new Set<AbortController>();
  #stopped: LxdError | undefined;

  /** Does the work of one call. Whatever it fails with after the signal has fired, it fails because of that. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const call = new AbortController();
    // Each request and each wait of a call listens, and large calls have many at a time.
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

  /** Ends all calls, and those that come later as soon as they do. */
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
