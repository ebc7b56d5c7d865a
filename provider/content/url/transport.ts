// The connections of one download: proxies from the environment, time limits, and the way to end them all.
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { LxdError } from "../../errors";
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

/** The proxy that a variable names, lower case first as everywhere; `host:port` means HTTP. */
function proxyFrom(variable: string): string | undefined {
  const value = process.env[variable] ?? process.env[variable.toUpperCase()];
  if (value === undefined || value === "") return undefined;
  const url = /^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url)) return url;
  // The value is not repeated: it may hold the proxy's password.
  throw new LxdError({
    code: "invalid-argument",
    why: `the environment variable ${variable.toUpperCase()} is not the URL of a proxy`,
    advice: "Write it as http://host:port, or unset it.",
  });
}
