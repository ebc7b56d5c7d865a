// Why one attempt to download failed, and whether another attempt at the same place makes sense.
import { type ErrorCode, LxdError } from "../../base/errors";
import { redactedUrl } from "./redacted-url";

export interface Failure {
  error: LxdError;
  /** This mirror will not do any better a second later. */
  isFinal: boolean;
  /** How long the server asks us to stay away. */
  waitMs?: number | undefined;
}

interface FailureDetails {
  url: URL;
  why: string;
  code?: ErrorCode;
  isFinal: boolean;
  status?: number;
  advice?: string | undefined;
  waitMs?: number | undefined;
  cause?: unknown;
}

/** A failure told as an error about one URL. */
export function failureAt({ url, why, status, advice, cause, ...rest }: FailureDetails): Failure {
  const request = { method: "GET", path: redactedUrl(url), status };
  const code = rest.code ?? "unavailable";
  return { error: new LxdError({ code, why, advice, request, cause }), isFinal: rest.isFinal, waitMs: rest.waitMs };
}

/** A failure below HTTP: name, connection, TLS, proxy, time-out, a transfer that was cut. */
export function networkFailure(url: URL, cause: unknown): Failure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const proxyStatus = /Proxy .*\((\d{3})\)/.exec(error.message)?.[1];
  if (proxyStatus !== undefined) return proxyFailure(url, Number(proxyStatus));
  const isTls = tlsCodes.test(code);
  return failureAt({
    url,
    why: wordsOf(error, code),
    code: /TIMEOUT|TIMEDOUT/.test(code) ? "timeout" : "unavailable",
    isFinal: isTls,
    advice: isTls
      ? "If a private authority signed the server's certificate, set NODE_EXTRA_CA_CERTS to the authority's certificate file."
      : undefined,
    cause,
  });
}

/** A proxy that will not let us through says so by an HTTP status, which undici puts into words. */
function proxyFailure(url: URL, status: number): Failure {
  const isRefusal = status === 401 || status === 403 || status === 407;
  return failureAt({
    url,
    why: `the proxy answered ${status}`,
    code: isRefusal ? "permission-denied" : "unavailable",
    isFinal: isRefusal,
    advice:
      status === 407
        ? "Put its credentials into HTTPS_PROXY or HTTP_PROXY, as http://user:password@host:port."
        : undefined,
  });
}

const tlsCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SECURE_PROXY/;

function wordsOf(error: Error, code: string): string {
  if (error instanceof AggregateError) {
    // Several addresses of one host were tried: the aggregate has no message of its own.
    return error.errors.map((each) => LxdError.from(each).details.why).join(", ");
  }
  return undiciWords[code] ?? (error.message === "" ? code : error.message);
}

const undiciWords: Partial<Record<string, string>> = {
  UND_ERR_SOCKET: "the connection was closed in the middle of the transfer",
  UND_ERR_BODY_TIMEOUT: "the transfer stalled",
  UND_ERR_HEADERS_TIMEOUT: "the server did not answer in time",
};
