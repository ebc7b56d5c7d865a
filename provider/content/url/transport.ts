// The connections of one download: proxies from the environment, time limits, and the way to end them all.
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

/** The connections for one download. `ca` is trusted in place of the system's authorities. */
export function openTransport(limits: DownloadLimits, ca?: string): Transport {
  const abort = new AbortController();
  const connect = { timeout: limits.connectMs, ...(ca === undefined ? {} : { ca }) };
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

function proxies(): { httpProxy?: string; httpsProxy?: string } {
  const [httpProxy, httpsProxy] = [proxyFrom("http_proxy"), proxyFrom("https_proxy")];
  return { ...(httpProxy === undefined ? {} : { httpProxy }), ...(httpsProxy === undefined ? {} : { httpsProxy }) };
}
