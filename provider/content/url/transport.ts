// The connections of one download: timeouts and cancellation.
import { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import { WebAgent } from "../../base/web-agent";
import { defaultLimits, type DownloadLimits } from "./limits";

export interface DownloadSettings {
  /** Shorter limits, for tests. */
  limits?: Partial<DownloadLimits>;
  /** The server's or its authority's certificate (PEM), trusted instead of the system's authorities. */
  ca?: string | undefined;
  /** Aborts the transfer. */
  signal?: AbortSignal | undefined;
}

export interface Transport {
  agent: WebAgent;
  limits: DownloadLimits;
  signal: AbortSignal;
  /** Aborts the transfer and closes the connections. */
  close(): void;
}

/**
 * Opens the connections of a download. `ca` is trusted instead of the system's authorities; the server's own
 * certificate is also accepted, regardless of its name.
 */
export function openTransport({ ca, signal, ...settings }: DownloadSettings): Transport {
  const limits = { ...defaultLimits, ...settings.limits };
  const abort = new AbortController();
  const agent = new WebAgent({ timeout: limits.connectMs, ...(ca === undefined ? {} : trustIn(ca)) });
  const close = () => {
    signal?.removeEventListener("abort", close);
    abort.abort(signal?.reason);
    agent.destroy();
  };
  if (signal?.aborted === true) close();
  else signal?.addEventListener("abort", close);
  return { agent, limits, signal: abort.signal, close };
}

function trustIn(ca: string): { ca: string; checkServerIdentity: typeof checkServerIdentity } {
  const own = new X509Certificate(ca).fingerprint256;
  const check: typeof checkServerIdentity = (host, cert) =>
    cert.fingerprint256 === own ? undefined : checkServerIdentity(host, cert);
  return { ca, checkServerIdentity: check };
}
