// Normalizes server addresses for comparison.
import { LxdError } from "../../../base/errors";

const defaultPort = "8443";

/** Returns `https://host:8443` for `host`, `host:port` or a URL. */
export function normalizeAddress(text: string): string {
  const full = text.includes("://") ? text.trim() : `https://${text.trim()}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol !== "https:" || url.hostname === "") {
    // Omits everything before an @, which may be a password.
    const quoted = JSON.stringify(text.replace(/[^/]*@/, "…@"));
    throw new LxdError({
      code: "invalid-argument",
      why: `${quoted} is not a valid server address`,
      advice: "Write https://HOST:8443.",
    });
  }
  return `https://${url.hostname}:${url.port || defaultPort}`;
}
