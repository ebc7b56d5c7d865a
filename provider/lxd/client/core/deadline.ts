// A deadline for a series of requests: once exceeded, no request starts and those in progress are aborted.
import { isCode, LxdError } from "../../../base/errors";
import { type HttpReply, type HttpRequest } from "../transport/transport";

export interface DeadlineOptions {
  ms: number;
  /** The error message when it is exceeded, instead of the errors of aborted requests. */
  why: string;
  advice?: string | undefined;
}

export class Deadline {
  #end = Infinity;
  #bound: DeadlineOptions = { ms: Infinity, why: "" };

  constructor(bound?: DeadlineOptions) {
    if (bound !== undefined) this.begin(bound);
  }

  /** Starts a new deadline, replacing the previous one. */
  begin(bound: DeadlineOptions): void {
    this.#bound = bound;
    this.#end = performance.now() + bound.ms;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  async send(request: HttpRequest, send: (request: HttpRequest) => Promise<HttpReply>): Promise<HttpReply> {
    // Passes an aborted signal, so that the body of an upload is released.
    if (this.isOver) return send({ ...request, signal: AbortSignal.abort(this.error()) });
    const leftMs = this.#end - performance.now();
    return Number.isFinite(leftMs) ? send({ ...request, signal: either(request.signal, leftMs) }) : send(request);
  }

  /** Runs the work. Any failure after the deadline is attributed to the deadline. */
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

/** The longest delay of a timer: about 24 days. */
const longestMs = 2 ** 31 - 1;

function either(signal: AbortSignal | undefined, leftMs: number): AbortSignal {
  const over = AbortSignal.timeout(Math.min(Math.ceil(leftMs), longestMs));
  return signal === undefined ? over : AbortSignal.any([signal, over]);
}
