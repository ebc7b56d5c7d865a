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
  #swallow: { matches: RegExp; swallowed: (answer: string) => void; from?: Socket } | undefined;
  /** Nothing passes, and nothing is closed. */
  isDead = false;
  /** Every connection is closed as soon as it is made. */
  isClosed = false;
  /** What is answered in the daemon's place to requests whose line matches. */
  answer: { matches: (line: string) => boolean; text: string } | undefined;

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

  /** Cuts the connection of the next request whose line matches when the daemon answers it; resolves with that answer. */
  async swallowAnswerTo(matches: RegExp): Promise<string> {
    return new Promise((swallowed) => (this.#swallow = { matches, swallowed }));
  }

  /** Nothing is cut, swallowed or answered here from now on. */
  heal(): void {
    this.#cut = this.#swallow = this.answer = undefined;
    this.isDead = this.isClosed = false;
  }

  cutAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #pass(client: Socket): void {
    if (this.isClosed) {
      client.destroy();
      return;
    }
    const daemon = connect(this.daemon);
    this.#link(client, daemon, (chunk) => {
      const line = lineOf(chunk);
      if (line !== undefined && this.answer?.matches(line) === true) {
        this.lines.push(line);
        client.write(this.answer.text);
        return;
      }
      daemon.write(chunk);
      this.#note(chunk, client);
    });
    this.#link(daemon, client, (chunk) => {
      if (this.#swallow?.from === client) this.#swallowed(chunk, client);
      else client.write(chunk);
    });
  }

  #link(from: Socket, to: Socket, pass: (chunk: Buffer) => void): void {
    this.#open.add(from);
    from.on("data", (chunk: Buffer) => {
      if (!this.isDead) pass(chunk);
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      this.#open.delete(from);
      to.destroy();
    });
  }

  /** A request's first line begins a chunk, since this client sends one request after the other. */
  #note(chunk: Buffer, client: Socket): void {
    const line = lineOf(chunk);
    if (line === undefined) return;
    this.lines.push(line);
    if (this.#swallow?.matches.test(line) === true) this.#swallow.from ??= client;
    const cut = this.#cut;
    if (cut?.matches.test(line) !== true) return;
    this.#cut = undefined;
    client.destroy();
    cut.cut();
  }

  #swallowed(chunk: Buffer, client: Socket): void {
    const swallow = this.#swallow;
    this.#swallow = undefined;
    client.destroy();
    swallow?.swallowed(chunk.toString("latin1"));
  }
}

function lineOf(chunk: Buffer): string | undefined {
  return /^(GET|POST|PUT|PATCH|DELETE) \S+ HTTP/.exec(chunk.toString("latin1", 0, 2000))?.[0];
}
