// Errors of signatures.
import { LxdError } from "../../../base/errors";

/** The signature was not made by the key, or not of this list. */
export function badSignature(why: string): LxdError {
  const advice = "The list was changed, or the key is not that of its publisher. Do not use it before you know which.";
  return new LxdError({ code: "content-mismatch", why: `the signature of the list is not valid: ${why}`, advice });
}

/** It cannot be read. */
export function malformed(what: "checksum.signature" | "checksum.publicKey", kind: string, cause?: unknown): LxdError {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  const advice = "Check that the file is complete, and that it is not a page of a web site.";
  return new LxdError({ code: "invalid-argument", why: `${what} is not a ${kind}${reason}`, advice, cause });
}
