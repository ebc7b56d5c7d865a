// Trust tokens: issued by LXD and Incus to add a new client, once.
import * as z from "zod";
import { LxdError } from "../../../base/errors";
import { normalizeAddress } from "./address";

const tokenSchema = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  addresses: z.array(z.string()),
  secret: z.string().min(1),
  expires_at: z.string().optional(),
});
export type TrustToken = z.output<typeof tokenSchema>;

/** Decodes a token. Fails if it is not for the server at one of these addresses, or if it has expired. */
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

/** Returns the token if the server at these addresses issued it; otherwise it may be for another server. */
export function tokenFor(addresses: string[], text: string | undefined, where: string): string | undefined {
  if (!text) return undefined;
  const token = parse(text);
  if (token === undefined) throw refused(`${where} is not a valid trust token`);
  const desired = addresses.map(normalizeAddress);
  return token.addresses.some((each) => desired.includes(normalizeAddress(each))) ? text : undefined;
}

/**
 * Returns when a token has expired; undefined if it never expires, which is encoded as the year 1, or is still valid.
 */
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

/** Never contains the token, which grants access to anybody. */
function refused(why: string, advice = adviceOnTokens): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}

const adviceOnTokens =
  "Create one on that server with `incus config trust add NAME` or `lxc config trust add --name NAME`.";
