// Connections to web servers, each through the proxy that the environment selects for it.
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from "undici";
import { proxyFor } from "./proxies";

export class WebAgent {
  readonly #connect: buildConnector.BuildOptions;
  readonly #direct: Agent;
  /** Agents by proxy URL. */
  readonly #proxied = new Map<string, ProxyAgent>();

  /** `connect` has the connection options for web servers and for TLS proxies. */
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
    // Sends plain HTTP requests to the proxy directly, as curl does: many proxies reject CONNECT to port 80.
    const options = { connect, requestTls: connect, proxyTls: connect, proxyTunnel: false };
    const made = new ProxyAgent({ ...options, uri: proxy.href });
    this.#proxied.set(proxy.href, made);
    return made;
  }

  /** Aborts everything in progress and closes the connections. */
  destroy(): void {
    for (const agent of [this.#direct, ...this.#proxied.values()]) agent.destroy().catch(() => undefined);
  }
}
