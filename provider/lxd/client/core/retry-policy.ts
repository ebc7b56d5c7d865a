// Repeats what is safe to repeat while a daemon that was there a moment ago is away, as during its restart.
import { pause } from "../../../base/abort";
import { LxdError } from "../../../base/errors";

const defaultAwayMs = 30_000;
const firstPauseMs = 50;
const longestPauseMs = 1000;

/** Failures to connect: no byte of the request was sent. */
const unsent = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What a request may be repeated after. */
export type Repeatable = "always" | "if-not-begun" | "never";

export class RetryPolicy {
  #hasAnswered = false;
  /** Shared by all requests: when the daemon stays away, each of them gives up at the same time, and later ones at once. */
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
    // A daemon that has never been met is more likely to be the wrong one than to be on its way back.
    if (!isAway(error) || !this.#hasAnswered) return false;
    this.#awaySince ??= performance.now();
    if (performance.now() - this.#awaySince >= this.awayMs) return false;
    return repeatable === "always" || (repeatable === "if-not-begun" && (isStarting || isUnsent(error)));
  }
}

/** No answer, or one that says that the daemon is not ready yet: it refuses everything until then. */
function isAway({ code, details: { request, cause } }: LxdError): boolean {
  if (code !== "unavailable") return false;
  return request?.status === 503 || (request?.status === undefined && cause !== undefined && !isAbort(cause));
}

function isUnsent({ details: { cause } }: LxdError): boolean {
  return unsent.has((cause as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** Whoever made the request gave it up. */
function isAbort(cause: unknown): boolean {
  return cause instanceof Error && /^(AbortError|TimeoutError)$/.test(cause.name);
}
