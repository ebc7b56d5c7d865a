// The connections of one download: proxies from the environment, time limits, and the way to end them all.
import { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { proxyFrom } from "../../proxies";
import { type DownloadLimits } from "./limits";

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
export function openTransport(limits: DownloadLimits, ca?: string): Transport {
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
    abort.abort();
    dispatcher.destroy().catch(() => undefined);
  };
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
