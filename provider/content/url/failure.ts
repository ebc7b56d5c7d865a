// A failed download attempt, and whether a retry on the same mirror makes sense.
import { type ErrorCode, LxdError } from "../../base/errors";
import { redactedUrl } from "./redacted-url";

export interface Failure {
  error: LxdError;
  /** A retry on this mirror would fail as well. */
  isFinal: boolean;
  /** The delay that the server requests. */
  waitMs?: number | undefined;
}

interface FailureDetails {
  url: URL;
  why: string;
  code?: ErrorCode;
  isFinal: boolean;
  status?: number | undefined;
  advice?: string | undefined;
  waitMs?: number | undefined;
  cause?: unknown;
}

/** Builds a failure with an error about one URL. */
export function failureAt({ url, why, status, advice, cause, ...rest }: FailureDetails): Failure {
  const request = { method: "GET", path: redactedUrl(url), status };
  const code = rest.code ?? "unavailable";
  return { error: new LxdError({ code, why, advice, request, cause }), isFinal: rest.isFinal, waitMs: rest.waitMs };
}

/** A failure below HTTP: name resolution, connection, TLS, proxy, timeout, an interrupted transfer. */
export function networkFailure(url: URL, cause: unknown): Failure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const proxyStatus = /Proxy .*\((\d{3})\)/.exec(error.message)?.[1];
  if (proxyStatus !== undefined) return proxyFailure(url, Number(proxyStatus));
  if (code === "ENOTFOUND") return unknownHost(url, cause);
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

/** The name service has answered: asking again would not help. */
function unknownHost(url: URL, cause: unknown): Failure {
  // With a proxy it can be the proxy's name.
  const { hostname = url.hostname } = cause as { hostname?: string };
  const why = `the host name ${hostname} does not resolve`;
  const advice = "Check the URL, the name service of this machine, and HTTPS_PROXY if it needs a proxy.";
  return failureAt({ url, why, isFinal: true, advice, cause });
}

/** A proxy that refuses the connection responds with an HTTP status, which undici puts into a message. */
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
    // Several addresses of one host failed: the aggregate error has no message of its own.
    return error.errors.map((each) => LxdError.from(each).details.why).join(", ");
  }
  return undiciWords[code] ?? (error.message === "" ? code : error.message);
}

const undiciWords: Partial<Record<string, string>> = {
  UND_ERR_SOCKET: "the connection was closed in the middle of the transfer",
  UND_ERR_BODY_TIMEOUT: "the transfer stalled",
  UND_ERR_HEADERS_TIMEOUT: "the server did not answer in time",
};
