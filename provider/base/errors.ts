// The provider's only error class, with a closed set of codes and one message grammar.

/**
 * The category of a failure, for callers that react to it.
 *
 * - `not-found`, `already-exists`, `in-use`: the state of the object does not allow the operation
 * - `invalid-argument`: an input of the program cannot be right
 * - `unsupported`: this server lacks the feature
 * - `permission-denied`, `unavailable`: the server cannot be used, or not with these credentials
 * - `conflict`: somebody changed the object at the same time (ETag)
 * - `timeout`: a deadline was exceeded
 * - `cancelled`: the run was cancelled, or its engine has exited; nothing is wrong
 * - `content-mismatch`: the bytes are not the expected ones
 * - `failed`: the server tried and failed; its message says why
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
 * Details for callers that need more than the code; never displayed.
 *
 * - `untrusted-client`: the server may trust this client after a token is used or its certificate is added
 * - `not-powered-off`: the deadline for a machine to power off was exceeded
 * - `never-written`: a machine powered itself off without having written to its root disk
 */
export type ErrorReason = "untrusted-client" | "not-powered-off" | "never-written";

/** The failed request. */
export interface FailedRequest {
  method: string;
  path: string;
  /** HTTP status, or the error code of a failed operation; undefined if no response arrived. */
  status?: number | undefined;
}

export interface ErrorDetails {
  code: ErrorCode;
  /** The attempted action, for example `create ISO volume default/win11`. */
  doing?: string | undefined;
  /** The cause of the failure, in the server's own words if there are any. */
  why: string;
  /** What the user can do about it, as a full sentence. */
  advice?: string | undefined;
  request?: FailedRequest | undefined;
  cause?: unknown;
  reason?: ErrorReason | undefined;
  /** Whether `why` ends with output of the machine's console. */
  quotesConsole?: boolean | undefined;
}

/** In the global symbol registry, so that all copies of the package share it. */
const mark = Symbol.for("pulumi-lxd.LxdError");

/** An error that users can act on: `doing: why [code] (METHOD path → status)`, followed by a line of advice. */
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

  /** Also recognizes errors of another copy of the package. */
  static override [Symbol.hasInstance](value: unknown): value is LxdError {
    return typeof value === "object" && value !== null && mark in value;
  }

  /** Returns the same failure with the attempted action and, unless it already has some, advice. */
  during(doing: string, advice?: string): LxdError {
    return new LxdError({ ...this.details, doing, advice: this.details.advice ?? advice });
  }

  /** Converts anything that was thrown to an `LxdError`. */
  static from(error: unknown): LxdError {
    if (error instanceof LxdError) return error;
    return new LxdError({ code: "failed", why: error instanceof Error ? error.message : String(error), cause: error });
  }
}

/** The error for an object in the state that no longer exists on the server. */
export function gone(kindName: string): LxdError {
  const advice = "Run `pulumi refresh`; the next `pulumi up` then creates it again.";
  return new LxdError({ code: "not-found", why: `the ${kindName} no longer exists`, advice });
}

/** Tests whether an error is an `LxdError` with this code. */
export function isCode(error: unknown, code: ErrorCode): error is LxdError {
  return error instanceof LxdError && error.code === code;
}

/** Tests whether an error is an `LxdError` with this reason. */
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
