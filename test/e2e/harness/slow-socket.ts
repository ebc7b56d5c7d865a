// A socket in front of a daemon's own that can hold a request back, so that a run is killed at exactly that moment.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Hold {
  /** `POST /1.0/storage-pools/default/volumes/custom`, without the query. */
  matches: (line: string) => boolean;
  /** How many bytes of the body go through before; the answer is held back if the body has fewer. */
  afterBytes: number;
  reached: () => void;
}

export class SlowSocket {
  readonly socket: string;
  /** Methods and paths that have come through. */
  readonly lines: string[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), "slow-socket-"));
  readonly #server: Server;
  #hold: Hold | undefined;

  constructor(readonly daemon: string) {
    this.socket = join(this.#dir, "unix.socket");
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.socket, resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#dir, { recursive: true });
  }

  /** Holds the next such request back for ever; resolves when one has come so far. */
  async hold(matches: Hold["matches"], afterBytes = Infinity): Promise<void> {
    return new Promise((reached) => (this.#hold = { matches, afterBytes, reached }));
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const line = `${incoming.method ?? ""} ${(incoming.url ?? "").replace(/\?.*/, "")}`;
    this.lines.push(line);
    const hold = this.#hold?.matches(line) === true ? this.#hold : undefined;
    if (hold !== undefined) this.#hold = undefined;
    const { method, url: path, headers } = incoming;
    const sent = request({ socketPath: this.daemon, method, path, headers }, (reply) => {
      if (hold !== undefined) {
        hold.reached();
        return;
      }
      outgoing.writeHead(reply.statusCode ?? 0, reply.headers);
      // The daemons' waits say nothing but their headers for a long time.
      outgoing.flushHeaders();
      reply.pipe(outgoing);
    });
    sent.on("error", () => outgoing.destroy());
    // Who is killed while sending must look killed to the daemon too.
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) sent.destroy();
    });
    this.#send(incoming, sent, hold);
  }

  #send(incoming: IncomingMessage, sent: ReturnType<typeof request>, hold: Hold | undefined): void {
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      sent.write(chunk);
      if (hold === undefined || bytes < hold.afterBytes) return;
      incoming.pause();
      hold.reached();
    });
    incoming.on("end", () => sent.end());
  }
}
