// The one error class of the provider: a closed set of codes, and messages in one grammar.

/**
 * What kind of failure it was, for callers that react to it.
 *
 * - `not-found`, `already-exists`, `in-use`: the object's own state forbids it
 * - `invalid-argument`: what the program says cannot be right
 * - `unsupported`: this server has no such feature
 * - `permission-denied`, `unavailable`: the daemon cannot be used, or not by us
 * - `conflict`: somebody changed the object at the same time (ETag)
 * - `timeout`: a deadline passed
 * - `cancelled`: the run was stopped, or its engine is gone; nothing is wrong
 * - `content-mismatch`: bytes are not those that were promised
 * - `failed`: the daemon tried and could not; its words say why
 */
export type ErrorCode =
  | "not-found"
  | "already-exists"
  | "in-use"
  | "invalid-argument"
  | "unsupported"
  | "permission-denied"
  | "unavailable"
  | "conflict"
  | "timeout"
  | "cancelled"
  | "content-mismatch"
  | "failed";

/**
 * What callers need to know beyond the code; never shown.
 *
 * - `untrusted-client`: the server may trust this client once a token is spent or the certificate is added
 * - `not-powered-off`: the wait for a machine to power off ended at its deadline
 * - `never-written`: a machine has powered itself off without having written to its root disk
 */
export type ErrorReason = "untrusted-client" | "not-powered-off" | "never-written";

/** The request that an error answers. */
export interface FailedRequest {
  method: string;
  path: string;
  /** HTTP status, or the error code of a failed operation; absent if no answer came. */
  status?: number | undefined;
}

export interface ErrorDetails {
  code: ErrorCode;
  /** What was being done, e.g. `create ISO volume default/win11`. */
  doing?: string | undefined;
  /** Why it failed, in the daemon's own words where it has any. */
  why: string;
  /** What the user can do about it, as a full sentence. */
  advice?: string | undefined;
  request?: FailedRequest | undefined;
  cause?: unknown;
  reason?: ErrorReason | undefined;
  /** Whether `why` ends with what the machine's console says. */
  quotesConsole?: boolean | undefined;
}

/** In the registry of symbols, so that every copy of the package has the same. */
const mark = Symbol.for("pulumi-lxd.LxdError");

/**
 * An error a user can act on:
 * `doing: why [code] (METHOD path → status)`, then a line of what to do.
 */
export class LxdError extends Error {
  override readonly name = "LxdError";
  readonly [mark] = true;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(details: ErrorDetails) {
    super(compose(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.details = details;
  }

  /** Errors of another copy of the package, too. */
  static override [Symbol.hasInstance](value: unknown): value is LxdError {
    return typeof value === "object" && value !== null && mark in value;
  }

  /** The same failure, told with what was being done and, unless it has one already, what to do. */
  during(doing: string, advice?: string): LxdError {
    return new LxdError({ ...this.details, doing, advice: this.details.advice ?? advice });
  }

  /** The funnel for everything that is thrown. */
  static from(error: unknown): LxdError {
    if (error instanceof LxdError) return error;
    return new LxdError({ code: "failed", why: error instanceof Error ? error.message : String(error), cause: error });
  }
}

/** The object of a state is not on the server any more. */
export function gone(kindName: string): LxdError {
  const advice = "Run `pulumi refresh`; the next `pulumi up` then creates it again.";
  return new LxdError({ code: "not-found", why: `the ${kindName} is gone`, advice });
}

/** Whether an error is ours and of this kind. */
export function isCode(error: unknown, code: ErrorCode): error is LxdError {
  return error instanceof LxdError && error.code === code;
}

/** Whether an error is ours and has this reason. */
export function isReason(error: unknown, reason: ErrorReason): error is LxdError {
  return error instanceof LxdError && error.details.reason === reason;
}

function compose({ code, doing, why, advice, request }: ErrorDetails): string {
  const subject = doing === undefined ? why : `${doing}: ${why}`;
  return `${subject} [${code}]${describeRequest(request)}${advice === undefined ? "" : `\n${advice}`}`;
}

function describeRequest(request: FailedRequest | undefined): string {
  if (request === undefined) return "";
  const outcome = request.status === undefined ? "no answer" : String(request.status);
  return ` (${request.method} ${request.path} → ${outcome})`;
}
