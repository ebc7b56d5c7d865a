// The WebSockets of an operation: each has its own secret, and the work starts once the required ones are connected.
import { randomBytes } from "node:crypto";

import { failed } from "../errors";
import type { WebSocket } from "../http/websocket";

/** How long the real daemons wait for their client. */
const PATIENCE_MS = 10_000;

export class Streams<Name extends string = string> {
  /** Secrets by stream name: the metadata `fds`. */
  readonly fds: Record<Name, string>;
  readonly #connected = new Map<string, WebSocket>();
  #complete: () => void = () => undefined;
  readonly #all: Promise<void>;
  readonly #arrivals = new Map<string, (socket: WebSocket) => void>();

  /** The work does not wait for the streams in `optional`. */
  constructor(
    private readonly names: readonly Name[],
    private readonly optional: readonly Name[] = [],
  ) {
    this.fds = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString("hex")])) as Record<Name, string>;
    this.#all = new Promise((resolve) => (this.#complete = resolve));
  }

  /** The stream that a secret opens; each can be opened once. */
  nameOf(secret: string): string | undefined {
    return this.names.find((name) => this.fds[name] === secret && !this.#connected.has(name));
  }

  connect(name: string, socket: WebSocket): void {
    this.#connected.set(name, socket);
    this.#arrivals.get(name)?.(socket);
    const needed = this.names.filter((each) => !this.optional.includes(each));
    if (needed.every((each) => this.#connected.has(each))) this.#complete();
  }

  /** Calls `then` with an optional stream once it is connected. */
  onArrival(name: Name, then: (socket: WebSocket) => void): void {
    const socket = this.#connected.get(name);
    if (socket === undefined) this.#arrivals.set(name, then);
    else then(socket);
  }

  /** Resolves with the required streams once the client has connected them. */
  async connected(): Promise<Record<Name, WebSocket>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failed("Timed out waiting for websockets to connect")), PATIENCE_MS);
    });
    await Promise.race([this.#all, late]).finally(() => clearTimeout(timer));
    return Object.fromEntries(this.#connected) as Record<Name, WebSocket>;
  }

  close(): void {
    for (const socket of this.#connected.values()) socket.close();
  }
}
