// Uses a command line client's OIDC login for a server: reads its access token and renews it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "../../../base/atomic-file";
import { SingleFlight } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";
import { WebAgent } from "../../../base/web-agent";
import { type Authorization, type Refusal } from "../transport/bearer";
import { type Cli } from "../discovery/cli-config";

/** Identifies a login. */
export interface OidcLogin {
  cli: Cli;
  /** Name of the remote. */
  name: string;
  /** Directory of the command line client. */
  folder: string;
}

/** The fields used here; other fields belong to the command line clients. */
const storedSchema = z.looseObject({ access_token: z.string().min(1), refresh_token: z.string().optional() });
type Stored = z.output<typeof storedSchema>;

const discoverySchema = z.object({ token_endpoint: z.string() });
const renewedSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().optional(),
  token_type: z.string().optional(),
  expires_in: z.number().optional(),
});

const timeoutMs = 15_000;

/** Two clients of the same login in one process take turns, because a refresh token may be valid for a single use. */
const renewals = new SingleFlight<boolean>();

export function oidc(login: OidcLogin): Authorization {
  const file = join(login.folder, "oidctokens", `${login.name}.json`);
  let sent = "";
  return {
    header: () => {
      sent = readStored(file, login).access_token;
      return Promise.resolve(`Bearer ${sent}`);
    },
    renew: async (refusal) => {
      // Another process, such as a command line client, may have renewed it in the meantime.
      if (readStored(file, login).access_token !== sent) return true;
      return renewals.run(file, () => renew(file, login, refusal));
    },
  };
}

async function renew(file: string, login: OidcLogin, refusal: Refusal): Promise<boolean> {
  const prefix = login.cli === "incus" ? "x-incus-oidc" : "x-lxd-oidc";
  const [issuer, clientId] = [refusal[`${prefix}-issuer`], refusal[`${prefix}-clientid`]];
  // If the refusal has another reason, the server's own error explains it.
  if (typeof issuer !== "string" || typeof clientId !== "string") return false;
  const stored = readStored(file, login);
  if (!stored.refresh_token) throw loginAgain(login, "the login has expired and cannot be renewed");
  try {
    const { token_endpoint: endpoint } = await ask(discoverySchema, wellKnown(issuer));
    const form = { grant_type: "refresh_token", refresh_token: stored.refresh_token, client_id: clientId };
    const renewed = await ask(renewedSchema, requireSafe(endpoint), new URLSearchParams(form).toString());
    store(file, stored, renewed);
    return true;
  } catch (error) {
    throw loginAgain(login, `the login has expired, and ${issuer} did not renew it: ${LxdError.from(error).message}`);
  }
}

function wellKnown(issuer: string): string {
  return requireSafe(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
}

/** A refresh token is as powerful as a password: it must go over TLS, or stay on this machine. */
function requireSafe(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isHere)) return text;
  throw new Error(`${text} is not an HTTPS address`);
}

/** Sends GET, or POST with a form. */
async function ask<S extends z.ZodType>(schema: S, url: string, form?: string): Promise<z.output<S>> {
  const agent = new WebAgent();
  try {
    const { request } = await import("undici");
    const { statusCode, body } = await request(url, {
      dispatcher: await agent.dispatcherFor(new URL(url)),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(form === undefined
        ? {}
        : { method: "POST", body: form, headers: { "Content-Type": "application/x-www-form-urlencoded" } }),
    });
    const text = await body.text();
    const { origin, pathname } = new URL(url);
    if (statusCode !== 200) throw new Error(`${origin}${pathname} answered with status ${statusCode}${reason(text)}`);
    const parsed = schema.safeParse(parseJson(text));
    // Parser errors quote their input, which contains tokens.
    if (!parsed.success) throw new Error(`${origin}${pathname} does not respond like a token issuer`);
    return parsed.data;
  } finally {
    agent.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns an OAuth 2 error code, such as `invalid_grant`. */
function reason(text: string): string {
  const [, code] = /"error"\s*:\s*"(\w+)"/.exec(text) ?? [];
  return code === undefined ? "" : ` (${code})`;
}

function readStored(file: string, login: OidcLogin): Stored {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (parsed.success) return parsed.data;
  } catch {
    // Reported below: the file does not exist if nobody has logged in.
  }
  throw loginAgain(login, `no user is logged in to it (${file} has no token)`);
}

/**
 * Stores the new tokens for the command line client too, because the old refresh token may have become invalid. Atomic.
 */
function store(file: string, stored: Stored, renewed: z.output<typeof renewedSchema>): void {
  const { expires_in: seconds, ...tokens } = renewed;
  const expiry = seconds === undefined ? {} : { expiry: new Date(new Date().getTime() + seconds * 1000).toISOString() };
  writeAtomically(file, JSON.stringify({ ...stored, ...tokens, ...expiry }), { mode: 0o600 });
}

function loginAgain({ cli, name }: OidcLogin, why: string): LxdError {
  return new LxdError({
    code: "permission-denied",
    why: `the remote "${name}" of \`${cli}\` uses OIDC, and ${why}`,
    advice: `Run \`${cli} info ${name}:\`, which logs in if needed.`,
  });
}
