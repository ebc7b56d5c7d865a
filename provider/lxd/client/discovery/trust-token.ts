// Join tokens: what both daemons hand out to let a new client in, once.
import { z } from "zod";
import { LxdError } from "../../../base/errors";
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
  if (token === undefined) throw refused("trustToken is not a valid trust token");
  if (!token.addresses.some((each) => addresses.includes(normalizeAddress(each)))) {
    const why = `the trust token is for a server at ${token.addresses.join(", ")}, and this one is at ${addresses.join(", ")}`;
    throw refused(
      why,
      "Name the server by an address that its token contains, or remove the token (`pulumi config rm lxd:trustToken`) if it is already used.",
    );
  }
  return token;
}

/** A token that may be for any of several servers, if it was made by the one at these addresses. */
export function tokenFor(addresses: string[], text: string | undefined, where: string): string | undefined {
  if (!text) return undefined;
  const token = parse(text);
  if (token === undefined) throw refused(`${where} is not a valid trust token`);
  const desired = addresses.map(normalizeAddress);
  return token.addresses.some((each) => desired.includes(normalizeAddress(each))) ? text : undefined;
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
function refused(why: string, advice = adviceOnTokens): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}

const adviceOnTokens =
  "Create one on that server with `incus config trust add NAME` or `lxc config trust add --name NAME`.";
