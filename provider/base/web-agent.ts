// Connections to web servers, to each by the proxy that the environment names for it.
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from "undici";
import { proxyFor } from "./proxies";

export class WebAgent {
  readonly #connect: buildConnector.BuildOptions;
  readonly #direct: Agent;
  /** By the proxy's URL. */
  readonly #proxied = new Map<string, ProxyAgent>();

  /** `connect`: how a server is connected to, and a proxy over TLS. */
  constructor(connect: buildConnector.BuildOptions = {}) {
    this.#connect = connect;
    this.#direct = new Agent({ connect });
  }

  dispatcherFor(url: URL): Dispatcher {
    const proxy = proxyFor(url);
    if (proxy === undefined) return this.#direct;
    const known = this.#proxied.get(proxy.href);
    if (known !== undefined) return known;
    const connect = this.#connect;
    // Plain HTTP is asked of the proxy itself, as curl does: many proxies refuse CONNECT to port 80.
    const options = { connect, requestTls: connect, proxyTls: connect, proxyTunnel: false };
    const made = new ProxyAgent({ ...options, uri: proxy.href });
    this.#proxied.set(proxy.href, made);
    return made;
  }

  /** Cuts whatever is under way and frees the connections. */
  destroy(): void {
    for (const agent of [this.#direct, ...this.#proxied.values()]) agent.destroy().catch(() => undefined);
  }
}
