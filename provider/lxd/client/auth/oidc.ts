// The login that a command line keeps for a server with OIDC: its access token, and how it is renewed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { z } from "zod";
import { writeAtomically } from "../../../base/atomic-file";
import { SingleFlight } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";
import { WebAgent } from "../../../base/web-agent";
import { type Authorization, type Refusal } from "../transport/bearer";
import { type Cli } from "../discovery/cli-config";

/** Whose login it is. */
export interface OidcLogin {
  cli: Cli;
  /** The remote's name. */
  name: string;
  /** The command line's folder. */
  folder: string;
}

/** What the command lines store; other fields are theirs. */
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

/** Two clients of one login in a process take turns: a refresh token may be good for one use only. */
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
      // Somebody else, a command line for one, may have done it in the meantime.
      if (readStored(file, login).access_token !== sent) return true;
      return renewals.run(file, () => renew(file, login, refusal));
    },
  };
}

async function renew(file: string, login: OidcLogin, refusal: Refusal): Promise<boolean> {
  const prefix = login.cli === "incus" ? "x-incus-oidc" : "x-lxd-oidc";
  const [issuer, clientId] = [refusal[`${prefix}-issuer`], refusal[`${prefix}-clientid`]];
  // A refusal for another reason is the server's to explain.
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

/** A refresh token is as good as a password: it goes over TLS, or stays on this machine. */
function requireSafe(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isHere)) return text;
  throw new Error(`${text} is not an HTTPS address`);
}

/** GET, or POST of a form. */
async function ask<S extends z.ZodType>(schema: S, url: string, form?: string): Promise<z.output<S>> {
  const agent = new WebAgent();
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent.dispatcherFor(new URL(url)),
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
    // The words of a parser quote what it was given, which has tokens in it.
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

/** The code of an error of OAuth 2, such as `invalid_grant`. */
function reason(text: string): string {
  const [, code] = /"error"\s*:\s*"(\w+)"/.exec(text) ?? [];
  return code === undefined ? "" : ` (${code})`;
}

function readStored(file: string, login: OidcLogin): Stored {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (parsed.success) return parsed.data;
  } catch {
    // Told below: whoever never logged in has no such file.
  }
  throw loginAgain(login, `no user is logged in to it (${file} has no token)`);
}

/** Kept for the command line too, as the old refresh token may be worth nothing any more. Whole, or not at all. */
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
