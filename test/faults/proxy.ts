// Stands between a provider and its daemon: counts the requests, and does to one of them what a fault says.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { type Exchange, HttpExchange, UpgradeExchange } from "./exchange";

/** A request as it was seen. */
export interface Seen {
  method: string;
  path: string;
  bodyBytes: number;
  isUpgrade: boolean;
}

export type Strike = (exchange: Exchange) => Promise<void>;

export class FaultProxy {
  readonly requests: Seen[] = [];
  /** The socket of the daemon behind. */
  daemon = "";
  #plan: { at: number; strike: Strike } | undefined;
  #struck: Promise<void> = Promise.resolve();
  #server: Server | undefined;
  readonly #clients = new Set<Duplex>();

  constructor(readonly socket: string) {}

  /** From now on requests are counted; the one with this index is struck. */
  arm(plan?: { at: number; strike: Strike }): void {
    this.requests.length = 0;
    this.#plan = plan;
  }

  /** Resolves when the fault is over; gives whether it has come about. */
  async disarm(): Promise<boolean> {
    const isDone = this.#plan === undefined;
    this.#plan = undefined;
    await this.#struck;
    return isDone;
  }

  async listen(): Promise<void> {
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 });
    this.#server = server;
    server.on("connection", (client: Duplex) => {
      this.#clients.add(client);
      client.on("close", () => this.#clients.delete(client));
    });
    server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#take(new HttpExchange(this.daemon, incoming, outgoing), incoming);
    });
    server.on("upgrade", (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
      this.#take(new UpgradeExchange(this.daemon, incoming, client, head), incoming, true);
    });
    await new Promise<void>((resolve) => server.listen(this.socket, resolve));
  }

  /** As if there were no daemon: connections break, and new ones are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    this.cutAll();
    await closed;
  }

  cutAll(): void {
    for (const client of this.#clients) client.destroy();
  }

  #take(exchange: Exchange, incoming: IncomingMessage, isUpgrade = false): void {
    const index = this.requests.length;
    const { method = "", url = "" } = incoming;
    const seen = { method, path: url, bodyBytes: Number(incoming.headers["content-length"] ?? 0), isUpgrade };
    this.requests.push(seen);
    const plan = this.#plan;
    const isDue = plan?.at === index;
    if (isDue) this.#plan = undefined;
    const passed = (isDue ? plan.strike(exchange) : exchange.pass()).catch(() => exchange.cut());
    if (isDue) this.#struck = passed;
  }
}
