// A socket in front of a daemon's own whose connections can be cut or go dead, as networks and restarts make them.
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class FlakySocket {
  readonly socket: string;
  /** Request lines that have come, in order. */
  readonly lines: string[] = [];
  /** The daemon behind, which may become another one. */
  daemon: string;
  readonly #dir = mkdtempSync(join(tmpdir(), "flaky-socket-"));
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #cut: { matches: RegExp; cut: () => void } | undefined;
  /** Nothing passes, and nothing is closed. */
  isDead = false;

  constructor(daemon: string) {
    this.daemon = daemon;
    this.socket = join(this.#dir, "unix.socket");
    this.#server = createServer((client) => this.#pass(client));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.socket, resolve));
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#dir, { recursive: true });
  }

  /** Cuts the connection of the next request whose line matches, when the daemon has it; resolves then. */
  async cutAt(matches: RegExp): Promise<void> {
    return new Promise((cut) => (this.#cut = { matches, cut }));
  }

  cutAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #pass(client: Socket): void {
    const daemon = connect(this.daemon);
    this.#link(client, daemon, (chunk) => this.#note(chunk, client));
    this.#link(daemon, client, () => undefined);
  }

  #link(from: Socket, to: Socket, note: (chunk: Buffer) => void): void {
    this.#open.add(from);
    from.on("data", (chunk: Buffer) => {
      if (this.isDead) return;
      to.write(chunk);
      note(chunk);
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      this.#open.delete(from);
      to.destroy();
    });
  }

  /** A request's first line begins a chunk, since this client sends one request after the other. */
  #note(chunk: Buffer, client: Socket): void {
    const line = /^(GET|POST|PUT|PATCH|DELETE) \S+ HTTP/.exec(chunk.toString("latin1", 0, 2000))?.[0];
    if (line === undefined) return;
    this.lines.push(line);
    const cut = this.#cut;
    if (cut?.matches.test(line) !== true) return;
    this.#cut = undefined;
    client.destroy();
    cut.cut();
  }
}
