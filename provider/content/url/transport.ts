// The connections of one download: proxies from the environment, time limits, and the way to end them all.
import { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { proxyFrom } from "../../proxies";
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
  dispatcher: Dispatcher;
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
  const connect = { timeout: limits.connectMs, ...(ca === undefined ? {} : trustIn(ca)) };
  const dispatcher = new EnvHttpProxyAgent({
    ...proxies(),
    connect,
    requestTls: connect,
    proxyTls: connect,
    // Plain HTTP is asked of the proxy itself, as curl does: many proxies refuse CONNECT to port 80.
    proxyTunnel: false,
  });
  const close = () => {
    signal?.removeEventListener("abort", close);
    abort.abort(signal?.reason);
    dispatcher.destroy().catch(() => undefined);
  };
  if (signal?.aborted === true) close();
  else signal?.addEventListener("abort", close);
  return { dispatcher, limits, signal: abort.signal, close };
}

function trustIn(ca: string): { ca: string; checkServerIdentity: typeof checkServerIdentity } {
  const own = new X509Certificate(ca).fingerprint256;
  const check: typeof checkServerIdentity = (host, cert) =>
    cert.fingerprint256 === own ? undefined : checkServerIdentity(host, cert);
  return { ca, checkServerIdentity: check };
}

function proxies(): { httpProxy?: string; httpsProxy?: string } {
  const [httpProxy, httpsProxy] = [proxyFrom("http_proxy"), proxyFrom("https_proxy")];
  return { ...(httpProxy === undefined ? {} : { httpProxy }), ...(httpsProxy === undefined ? {} : { httpsProxy }) };
}
