// Sends one GET and follows redirects without forwarding credentials to another origin or giving up TLS.
import { type Readable } from "node:stream";
import { type IncomingHttpHeaders } from "node:http";
import { type Failure, failureAt, networkFailure } from "./failure";
import { redactedUrl } from "./redacted-url";
import { decoded } from "./source-url";
import { type Transport } from "./transport";

/** The final response after all redirects. */
export interface Exchange {
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
  /** Discards an unused body, so that its connection can be reused. */
  drop(): Promise<void>;
}

export interface ExchangeOptions {
  transport: Transport;
  /** The headers for one hop. */
  headersFor: (url: URL) => Record<string, string>;
  /** Whether a redirect from https:// to http:// is allowed. */
  mayLeaveTls: boolean;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Requests a URL and follows its redirects. */
export async function exchange(start: URL, options: ExchangeOptions): Promise<Exchange | Failure> {
  const { transport } = options;
  let url = start;
  let status: number | undefined;
  for (let hop = 0; hop <= transport.limits.redirects; hop += 1) {
    const answer = await ask(url, options);
    if ("error" in answer || !redirects.has(answer.status)) return answer;
    await answer.drop();
    status = answer.status;
    const next = nextHop(answer, options.mayLeaveTls);
    if ("error" in next) return next;
    url = next;
  }
  const why = `the server redirects more than ${transport.limits.redirects} times`;
  const advice = "Check the URL in a browser: its redirects probably form a loop.";
  return failureAt({ url: start, why, status, advice, isFinal: true });
}

async function ask(url: URL, { transport, headersFor }: ExchangeOptions): Promise<Exchange | Failure> {
  const { agent, limits, signal } = transport;
  const { request } = await import("undici");
  const dispatcher = await agent.dispatcherFor(url);
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      signal,
      headersTimeout: limits.idleMs,
      bodyTimeout: limits.idleMs,
      // The checksum applies to the file itself, not to a compressed transfer encoding.
      headers: { "accept-encoding": "identity", ...credentialsOf(url), ...headersFor(url) },
    });
    // An aborted body that is not being read must not raise an uncaught exception; its reader still gets the error.
    body.on("error", () => undefined);
    const drop = () => body.dump().catch(() => undefined);
    return { url, status: statusCode, headers, body, drop };
  } catch (error) {
    return networkFailure(url, error);
  }
}

/** The `user:password@` of a URL, sent to that URL only: a redirect has its own or none. */
function credentialsOf(url: URL): Record<string, string> {
  if (url.username === "" && url.password === "") return {};
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function nextHop({ url, status, headers }: Exchange, mayLeaveTls: boolean): URL | Failure {
  const fail = (why: string, advice?: string) => failureAt({ url, why, status, advice, isFinal: true });
  const location = headers.location;
  if (location === undefined || !URL.canParse(location, url.href))
    return fail("the server sends a redirect without a valid target");
  const next = new URL(location, url);
  if (next.protocol !== "https:" && next.protocol !== "http:")
    return fail(`the server redirects to ${next.protocol}//`);
  if (url.protocol === "https:" && next.protocol === "http:" && !mayLeaveTls) {
    return fail(
      `the server redirects from https:// to ${redactedUrl(next)}`,
      "Such a redirect is followed only if the checksum is given as a value: sha256:<hex> or sha512:<hex>.",
    );
  }
  return inheritCredentials(url, next);
}

/** A redirect within one origin keeps the credentials; one to another origin does not. */
function inheritCredentials(from: URL, to: URL): URL {
  if (to.origin === from.origin && to.username === "" && to.password === "") {
    to.username = from.username;
    to.password = from.password;
  }
  return to;
}
