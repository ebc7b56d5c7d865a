// One request on its way through the proxy, and what can be done to it and to its answer.
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Exchange {
  /** Breaks the connection with the client. */
  cut(): void;
  /** Sends it on, and its answer back, as if nobody stood between. */
  pass(): Promise<void>;
  /** Sends it on, and keeps the answer. */
  forward(): Promise<Reply>;
  /** Answers in the daemon's place; with less than the whole body if so told. */
  answer(reply: Reply, bytes?: number): void;
  /** Sends the head and half of the body on, and breaks both connections. */
  cutBody(): Promise<void>;
}

export class HttpExchange implements Exchange {
  constructor(
    private readonly daemon: string,
    private readonly incoming: IncomingMessage,
    private readonly outgoing: ServerResponse,
  ) {}

  cut(): void {
    this.outgoing.destroy();
  }

  async pass(): Promise<void> {
    const answer = await this.#send((body, to) => body.pipe(to));
    this.outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
    this.outgoing.flushHeaders();
    answer.on("error", () => this.cut()).pipe(this.outgoing);
  }

  async forward(): Promise<Reply> {
    const answer = await this.#send((body, to) => body.pipe(to));
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
  }

  answer({ status, headers, body }: Reply, bytes = body.length): void {
    // What is not asked for is taken all the same, as the daemons do not.
    this.incoming.resume();
    const { "transfer-encoding": _encoding, ...rest } = headers;
    this.outgoing.writeHead(status, { ...rest, "content-length": String(body.length) });
    if (bytes >= body.length) this.outgoing.end(body);
    else this.outgoing.write(body.subarray(0, bytes), () => this.cut());
  }

  async cutBody(): Promise<void> {
    const half = Number(this.incoming.headers["content-length"] ?? 0) / 2;
    let passed = 0;
    await this.#send((body, to) => {
      body.on("data", (chunk: Buffer) => {
        to.write(chunk.subarray(0, Math.max(0, Math.ceil(half - passed))));
        passed += chunk.length;
        if (passed >= half) setImmediate(() => to.destroy());
      });
    });
  }

  /** Ends with the client's connection. */
  #send(feed: (body: IncomingMessage, to: ReturnType<typeof request>) => void): Promise<IncomingMessage> {
    const { method, url, headers } = this.incoming;
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.daemon, agent: false, method, path: url, headers }, resolve);
      sent.on("error", reject);
      this.outgoing.on("close", () => sent.destroy());
      feed(this.incoming, sent);
    });
  }
}

/** A request to go on as a websocket. */
export class UpgradeExchange implements Exchange {
  constructor(
    private readonly daemon: string,
    private readonly incoming: IncomingMessage,
    private readonly client: Duplex,
    private readonly head: Buffer,
  ) {
    client.on("error", () => undefined);
  }

  cut(): void {
    this.client.destroy();
  }

  pass(): Promise<void> {
    const to = this.#open();
    to.pipe(this.client);
    return Promise.resolve();
  }

  /** All that the daemon says until the other side is silent for a moment. */
  async forward(): Promise<Reply> {
    const to = this.#open();
    const body = await new Promise<Buffer>((resolve) =>
      to.once("data", resolve).once("close", () => resolve(Buffer.of())),
    );
    return { status: 101, headers: {}, body };
  }

  answer({ status, body }: Reply, bytes = body.length): void {
    const head = `HTTP/1.1 ${status} Refused\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    if (status !== 101) this.client.write(head);
    this.client.end(body.subarray(0, bytes));
  }

  cutBody(): Promise<void> {
    this.#open().once("data", (chunk: Buffer) => this.client.write(chunk, () => this.cut()));
    return Promise.resolve();
  }

  #open(): Duplex {
    const to = connect(this.daemon);
    const { method = "", url = "", rawHeaders } = this.incoming;
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i] ?? ""}: ${rawHeaders[i + 1] ?? ""}`);
    to.write(`${lines.join("\r\n")}\r\n\r\n`);
    to.write(this.head);
    this.client.pipe(to);
    to.on("error", () => this.cut()).on("close", () => this.cut());
    this.client.on("close", () => to.destroy());
    return to;
  }
}
