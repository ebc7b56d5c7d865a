// The three response envelopes of LXD and Incus, and the meaning of their error codes.
import * as z from "zod";
import { type ErrorCode, type FailedRequest, LxdError } from "../../../base/errors";

/** A background operation of the server. */
export const operationSchema = z.object({
  id: z.string(),
  status_code: z.number(),
  err: z.string().default(""),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  resources: z.record(z.string(), z.array(z.string())).nullish(),
});
export type WireOperation = z.output<typeof operationSchema>;

const envelopeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sync"), metadata: z.unknown() }),
  z.object({ type: z.literal("async"), operation: z.string(), metadata: operationSchema }),
  z.object({ type: z.literal("error"), error: z.string(), error_code: z.number() }),
]);
export type Envelope = z.output<typeof envelopeSchema>;

/** Parses a response. The type in the body decides: an error may have status 200. */
export function parseEnvelope(text: string, request: FailedRequest): Envelope {
  const parsed = envelopeSchema.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new LxdError({
    code: "unavailable",
    why: `the response is not from an LXD or Incus daemon: ${JSON.stringify(text.slice(0, 120))}`,
    advice: "Check that the socket belongs to LXD or Incus.",
    request,
  });
}

/** Returns the server's error, in its own words. */
export function refusal(why: string, status: number, request: FailedRequest): LxdError {
  const code = meaning(why, status);
  return new LxdError({ code, why, advice: adviceOn(code, why, status), request: { ...request, status } });
}

function adviceOn(code: ErrorCode, why: string, status: number): string | undefined {
  if (memberAway.test(why)) return awaited;
  if (lateDate.test(why)) return repair;
  return code === "permission-denied" && status !== 401 ? restricted : undefined;
}

/** The message of a cluster member when another one does not respond to a forwarded request. */
const memberAway =
  /^Server isn't ready yet$|^Missing event connection with target cluster member$|^\w+ "https:\S+": Unable to connect to: /;
const awaited =
  "A member of the cluster does not answer: `incus cluster list` or `lxc cluster list` shows which. Until it is back online, its objects can be neither read nor changed.";

/**
 * What every request that reads the images of a project is answered, once one of them has a date after the year 9999:
 * the database stores it, and cannot read it back.
 */
const lateDate = /parsing time "\d{5,}-[^]*cannot parse|year outside of range/;
const repair = `An image there has a date after the year 9999, so the server can read neither the images nor the project. On the server, \`incus admin sql global\` (LXD: \`lxd sql global\`) removes the date, as root:
incus admin sql global "UPDATE images SET creation_date = NULL, expiry_date = NULL WHERE creation_date NOT LIKE '____-%' OR expiry_date NOT LIKE '____-%'"`;

const restricted =
  "This client lacks the permission. Name a project that it may use (`project`, or stack config `lxd:project`), or grant it more permissions on the server.";

const byStatus: Record<number, ErrorCode> = {
  401: "permission-denied",
  403: "permission-denied",
  404: "not-found",
  409: "already-exists",
  412: "conflict",
  501: "unsupported",
  503: "unavailable",
};

/** The servers' words for the name of an instance that another request is creating. */
const beingCreated = /^Failed creating instance record: Instance is busy/;

/** Most errors of drivers arrive with status 500 (some with 400), so their text decides. */
function meaning(why: string, status: number): ErrorCode {
  const known = byStatus[status];
  if (known !== undefined) return known;
  if (memberAway.test(why)) return "unavailable";
  if (/already exists|UNIQUE constraint failed/i.test(why) || beingCreated.test(why)) return "already-exists";
  if (/in use/i.test(why)) return "in-use";
  // Incus 6.0 loses the status of these two.
  if (/^User does not have permission|^Certificate is restricted$/.test(why)) return "permission-denied";
  return status === 400 ? "invalid-argument" : "failed";
}

/** Returns the error of a response that should have been plain content. */
export function noText(text: string, request: FailedRequest): LxdError {
  const envelope = parseEnvelope(text, request);
  return envelope.type === "error"
    ? refusal(envelope.error, envelope.error_code, request)
    : unexpected(envelope, request);
}

/** A 404 about the object's container says nothing about the object. */
export function isContainerMissing(error: LxdError): boolean {
  return /(project|storage pool|cluster member) not found$/i.test(error.details.why);
}

export function unexpected(envelope: Envelope, request: FailedRequest): LxdError {
  return new LxdError({ code: "failed", why: `the daemon answered with type "${envelope.type}"`, request });
}

export function notUnderstood(error: z.ZodError, request: FailedRequest): LxdError {
  const issues = error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  const why = `the daemon's response cannot be parsed: ${issues.join("; ")}`;
  return new LxdError({ code: "failed", why, request });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
