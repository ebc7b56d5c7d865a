// Bearer tokens, which are sent with every request; some identify the server that they are for.

/** Authenticates each request without a client certificate. */
export interface Authorization {
  /** The value of the `Authorization` header. */
  header(): Promise<string>;
  /** Returns whether a rejected token could be replaced by a new one. */
  renew?(refusal: Refusal): Promise<boolean>;
}

/** Headers of a response with status 401. */
export type Refusal = Record<string, string | string[] | undefined>;

export function bearer(token: string): Authorization {
  return { header: () => Promise.resolve(`Bearer ${token}`) };
}

/** Returns the server certificate's fingerprint in an LXD token, which is a JWT; undefined for other tokens. */
export function serverOfBearer(token: string): string | undefined {
  const claims = claimsOf(token);
  const fingerprint = claims["server_cert_fingerprint"];
  return typeof fingerprint === "string" && /^[0-9a-f]{64}$/.test(fingerprint) ? fingerprint : undefined;
}

/** Returns when a token expires, if it tells. */
export function endOfBearer(token: string): Date | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === "number" ? new Date(exp * 1000) : undefined;
}

/** Decodes without verifying, which is up to the server. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
