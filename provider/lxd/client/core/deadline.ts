// A time limit over many requests: when it is over none begins any more, and those that go on are given up.
import { isCode, LxdError } from "../../../base/errors";
import { type HttpReply, type HttpRequest } from "../transport/transport";

export interface DeadlineOptions {
  ms: number;
  /** What is told when it is over, in the place of whatever broke off for it. */
  why: string;
  advice?: string | undefined;
}

export class Deadline {
  #end = Infinity;
  #bound: DeadlineOptions = { ms: Infinity, why: "" };

  constructor(bound?: DeadlineOptions) {
    if (bound !== undefined) this.begin(bound);
  }

  /** From now on, in the place of what was the limit before. */
  begin(bound: DeadlineOptions): void {
    this.#bound = bound;
    this.#end = performance.now() + bound.ms;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  async send(request: HttpRequest, send: (request: HttpRequest) => Promise<HttpReply>): Promise<HttpReply> {
    // By the signal, so that the body of an upload is let go of.
    if (this.isOver) return send({ ...request, signal: AbortSignal.abort(this.error()) });
    const leftMs = this.#end - performance.now();
    return Number.isFinite(leftMs) ? send({ ...request, signal: either(request.signal, leftMs) }) : send(request);
  }

  /** Does the work; whatever it fails with when the time is over, it fails because of that. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error);
    }
  }

  explain(error: unknown): unknown {
    return this.isOver && !isCode(error, "cancelled") ? this.error(error) : error;
  }

  private error(cause?: unknown): LxdError {
    const { why, advice } = this.#bound;
    return new LxdError({ code: "timeout", why, advice, cause });
  }
}

/** The longest that a timer can run: about 24 days. */
const longestMs = 2 ** 31 - 1;

function either(signal: AbortSignal | undefined, leftMs: number): AbortSignal {
  const over = AbortSignal.timeout(Math.min(Math.ceil(leftMs), longestMs));
  return signal === undefined ? over : AbortSignal.any([signal, over]);
}
