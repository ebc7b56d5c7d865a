// Connections to web servers, each through the proxy that the environment selects for it.
import type { buildConnector, Dispatcher } from "undici";
import { proxyFor } from "./proxies";

/** Loads undici with the first request. */
export class WebAgent {
  /** By the URL of the proxy; undefined: without one. */
  readonly #agents = new Map<string | undefined, Promise<Dispatcher>>();

  /** `connect` has the connection options for web servers and for TLS proxies. */
  constructor(private readonly connect: buildConnector.BuildOptions = {}) {}

  dispatcherFor(url: URL): Promise<Dispatcher> {
    const proxy = proxyFor(url)?.href;
    const known = this.#agents.get(proxy);
    if (known !== undefined) return known;
    const made = proxy === undefined ? this.#direct() : this.#proxied(proxy);
    this.#agents.set(proxy, made);
    return made;
  }

  async #direct(): Promise<Dispatcher> {
    const { Agent } = await import("undici");
    return new Agent({ connect: this.connect });
  }

  async #proxied(uri: string): Promise<Dispatcher> {
    const { ProxyAgent } = await import("undici");
    const { connect } = this;
    // Sends plain HTTP requests to the proxy directly, as curl does: many proxies reject CONNECT to port 80.
    return new ProxyAgent({ connect, requestTls: connect, proxyTls: connect, proxyTunnel: false, uri });
  }

  /** Aborts everything in progress and closes the connections. */
  destroy(): void {
    for (const agent of this.#agents.values()) agent.then((made) => made.destroy()).catch(() => undefined);
  }
}
