// Addresses of servers, in the one form in which they are compared.
import { LxdError } from "../../../base/errors";

const defaultPort = "8443";

/** `https://host:8443` from `host`, `host:port` or a URL. */
export function normalizeAddress(text: string): string {
  const full = text.includes("://") ? text.trim() : `https://${text.trim()}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol !== "https:" || url.hostname === "") {
    // Without what stands before an @, which could be a password.
    const quoted = JSON.stringify(text.replace(/[^/]*@/, "…@"));
    throw new LxdError({
      code: "invalid-argument",
      why: `${quoted} is not a valid server address`,
      advice: "Write https://HOST:8443.",
    });
  }
  return `https://${url.hostname}:${url.port || defaultPort}`;
}
