// Join tokens: what both daemons hand out to let a new client in, once.
import { z } from "zod";
import { LxdError } from "../errors";
import { normalizeAddress } from "./address";

const tokenSchema = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  addresses: z.array(z.string()),
  secret: z.string().min(1),
  expires_at: z.string().optional(),
});
export type TrustToken = z.output<typeof tokenSchema>;

/** The token, if it is of the server at one of these addresses, and has not expired. */
export function readToken(text: string, addresses: string[]): TrustToken {
  const token = parse(text);
  if (token === undefined) throw refused("is no trust token");
  if (!token.addresses.some((each) => addresses.includes(normalizeAddress(each)))) {
    throw refused(`is for a server at ${token.addresses.join(", ")}, and this one is at ${addresses.join(", ")}`);
  }
  return token;
}

/** The stack's token, if it was made by the server that a resource names. */
export function tokenFor(address: string | undefined, text: string | undefined): string | undefined {
  const token = text === undefined ? undefined : parse(text);
  if (address === undefined || token === undefined) return undefined;
  const wanted = address.split(",").map(normalizeAddress);
  return token.addresses.some((each) => wanted.includes(normalizeAddress(each))) ? text : undefined;
}

/** Undefined if the token has no end, or one that is not over yet. A token without an end has the year 1. */
export function expiryOf(text: string): Date | undefined {
  const expires = new Date(parse(text)?.expires_at ?? "");
  return Number.isNaN(expires.getTime()) || expires.getUTCFullYear() <= 1970 || expires > new Date()
    ? undefined
    : expires;
}

function parse(text: string): TrustToken | undefined {
  try {
    const parsed = tokenSchema.safeParse(JSON.parse(Buffer.from(text.trim(), "base64").toString()));
    return parsed.data;
  } catch {
    return undefined;
  }
}

/** Never with the token: it lets anybody in. */
function refused(what: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `the trust token ${what}`,
    advice: "Make one on that server with `incus config trust add NAME` or `lxc config trust add --name NAME`.",
  });
}
