// Bearer tokens: sent with every request, and some of them name the server that they are for.

/** How each request says who it is from, where no certificate does. */
export interface Authorization {
  /** The value of the header `Authorization`. */
  header(): Promise<string>;
  /** Whether a token that was refused could be replaced by a new one. */
  renew?(refusal: Refusal): Promise<boolean>;
}

/** What a server says with status 401. */
export type Refusal = Record<string, string | string[] | undefined>;

export function bearer(token: string): Authorization {
  return { header: () => Promise.resolve(`Bearer ${token}`) };
}

/** The fingerprint of the server's certificate in a token of LXD, which is a JWT; undefined in others. */
export function serverOfBearer(token: string): string | undefined {
  const claims = claimsOf(token);
  const fingerprint = claims["server_cert_fingerprint"];
  return typeof fingerprint === "string" && /^[0-9a-f]{64}$/.test(fingerprint) ? fingerprint : undefined;
}

/** When a token ends, if it says so. */
export function endOfBearer(token: string): Date | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === "number" ? new Date(exp * 1000) : undefined;
}

/** Read without being verified: that is up to the server. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
