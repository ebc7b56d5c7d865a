// The connections of one download: time limits, and the way to end them all.
import { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import { WebAgent } from "../../base/web-agent";
import { defaultLimits, type DownloadLimits } from "./limits";

export interface DownloadSettings {
  /** For tests: shorter ones. */
  limits?: Partial<DownloadLimits>;
  /** The server's certificate or its authority's (PEM), to be trusted in place of the system's authorities. */
  ca?: string | undefined;
  /** Cuts what is under way when it fires. */
  signal?: AbortSignal | undefined;
}

export interface Transport {
  agent: WebAgent;
  limits: DownloadLimits;
  signal: AbortSignal;
  /** Cuts whatever is under way and frees the connections. */
  close(): void;
}

/**
 * The connections for one download. `ca` is trusted in place of the system's authorities; the server's own certificate
 * will do as well, whatever name it is for.
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
