// GET and HEAD as the real daemons send them to image servers, with the same error texts.
import { X509Certificate } from "node:crypto";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { buffer } from "node:stream/consumers";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";

import { failed, notFound } from "../errors";

export interface Fetching {
  method?: "GET" | "HEAD";
  /** The server's or its authority's certificate (PEM). */
  certificate?: string | undefined;
  headers?: Record<string, string>;
}

export async function open(url: string, fetching: Fetching = {}): Promise<IncomingMessage> {
  const { method = "GET", headers = {} } = fetching;
  const target = new URL(url);
  const { promise, resolve, reject } = settled<IncomingMessage>();
  const options = { method, headers, agent: false, ...trust(fetching.certificate) };
  const request = (target.protocol === "https:" ? requestTls : requestPlain)(target, options, resolve);
  request.once("error", (error) => reject(explain(error, { method, url })));
  request.end();
  return promise;
}

/** Downloads a file that must exist. */
export async function download(url: string, fetching: Fetching = {}): Promise<IncomingMessage> {
  const response = await open(url, fetching);
  if (response.statusCode === 200) return response;
  response.resume();
  throw failed(`Unable to fetch "${url}": ${response.statusCode} ${response.statusMessage}`);
}

export async function json(url: string, fetching: Fetching = {}): Promise<unknown> {
  const response = await open(url, fetching);
  const text = (await buffer(response)).toString();
  if (response.statusCode === 404) throw notFound("not found");
  try {
    return JSON.parse(text);
  } catch {
    throw failed(`Get "${url}": invalid answer`);
  }
}

/** The server's own certificate is accepted regardless of its name. */
function trust(certificate: string | undefined): ConnectionOptions {
  if (certificate === undefined || certificate === "") return {};
  const own = new X509Certificate(certificate).fingerprint256;
  const check: typeof checkServerIdentity = (host, met) =>
    met.fingerprint256 === own ? undefined : checkServerIdentity(host, met);
  return { ca: certificate, checkServerIdentity: check };
}

function explain(error: NodeJS.ErrnoException, { method, url }: { method: string; url: string }): Error {
  const { host } = new URL(url);
  const verb = method === "GET" ? "Get" : "Head";
  const refused = `Unable to connect to: ${host} ([dial tcp ${host}: connect: connection refused])`;
  const untrusted = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  const isTls = /CERT|SIGNED|SIGNATURE|ALTNAME/.test(error.code ?? "");
  const reason = error.code === "ECONNREFUSED" ? refused : isTls ? untrusted : error.message;
  return failed(`${verb} "${url}": ${reason}`);
}

function settled<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let parts: { resolve: (value: T) => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => (parts = { resolve, reject }));
  return { promise, resolve: (value) => parts?.resolve(value), reject: (error) => parts?.reject(error) };
}
