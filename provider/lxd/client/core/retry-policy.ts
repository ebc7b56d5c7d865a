// Retries what is safe to repeat while a server that has just responded is away, for example during its restart.
import { pause } from "../../../base/abort";
import { LxdError } from "../../../base/errors";

const defaultAwayMs = 30_000;
const firstPauseMs = 50;
const longestPauseMs = 1000;

/** Connection errors: no byte of the request was sent. */
const unsent = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** When a request may be repeated. */
export type Repeatable = "always" | "if-not-begun" | "never";

export class RetryPolicy {
  #hasAnswered = false;
  /** Shared by all requests: if the server stays away, all of them give up at the same time, and later ones at once. */
  #awaySince: number | undefined;

  constructor(private readonly awayMs = defaultAwayMs) {}

  async run<T>(
    { repeatable, signal }: { repeatable: Repeatable; signal?: AbortSignal | undefined },
    attempt: () => Promise<T>,
  ): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        const result = await attempt();
        this.#answered();
        return result;
      } catch (thrown) {
        if (!this.#isWorthRepeating(LxdError.from(thrown), repeatable)) throw thrown;
        await pause(pauseMs, signal);
      }
    }
  }

  #answered(): void {
    this.#hasAnswered = true;
    this.#awaySince = undefined;
  }

  #isWorthRepeating(error: LxdError, repeatable: Repeatable): boolean {
    const status = error.details.request?.status;
    const isStarting = status === 503;
    if (status !== undefined) this.#hasAnswered = true;
    if (status !== undefined && !isStarting) this.#answered();
    // A server that has never responded is more likely the wrong one than one that is restarting.
    if (!isAway(error) || !this.#hasAnswered) return false;
    this.#awaySince ??= performance.now();
    if (performance.now() - this.#awaySince >= this.awayMs) return false;
    return repeatable === "always" || (repeatable === "if-not-begun" && (isStarting || isUnsent(error)));
  }
}

/** No response, or one that says that the server is not ready yet: until then it rejects everything. */
function isAway({ code, details: { request, cause } }: LxdError): boolean {
  if (code !== "unavailable") return false;
  return request?.status === 503 || (request?.status === undefined && cause !== undefined && !isAbort(cause));
}

function isUnsent({ details: { cause } }: LxdError): boolean {
  return unsent.has((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** The caller aborted the request. */
function isAbort(cause: unknown): boolean {
  return cause instanceof Error && /^(AbortError|TimeoutError)$/.test(cause.name);
}
