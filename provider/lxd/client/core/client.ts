// Typed requests to one server: reads an object, or changes something and follows the change to its end.
import type * as z from "zod";
import { anyOf, pause } from "../../../base/abort";
import { isCode } from "../../../base/errors";
import { type Change, defaultDeadlineMs, toHttp } from "./change";
import { type ClientProof } from "../auth/enrollment";
import {
  type Envelope,
  isContainerMissing,
  noText,
  notUnderstood,
  parseEnvelope,
  refusal,
  unexpected,
  type WireOperation,
} from "./envelope";
import { handshake } from "../auth/handshake";
import { ConcurrencyLimiter, defaultParallel, limiterOf } from "../transport/concurrency-limiter";
import { type Deadline } from "./deadline";
import { follow } from "./operations";
import { type Query, withQuery } from "../transport/paths";
import { type Repeatable, RetryPolicy } from "./retry-policy";
import { type ServerInfo } from "../discovery/server-info";
import { type HttpReply, type HttpRequest, type Transport } from "../transport/transport";
import { type Answer, type Found, type ReadOptions, type Reads, type Requests } from "./requests";
import { SharedReads } from "./shared-reads";

export interface ClientOptions extends ClientProof {
  /** How many changes the server works on at a time. */
  parallel?: number | undefined;
  /** How long a server that has responded before may be away until requests fail. Default: 30 s. */
  awayMs?: number | undefined;
}

/** What all clients of one server share. */
interface Shared {
  /** A limiter of its own until the server, which may have several addresses, is identified; then that server's. */
  limiter: ConcurrencyLimiter;
  readonly retryPolicy: RetryPolicy;
  info: Promise<ServerInfo> | undefined;
  /** Of the current run. */
  reads: SharedReads | undefined;
}

/** When a client must stop, and which reads it sends; see `until`, `withSignal` and `withReads`. */
interface Bound {
  client: Client;
  limit?: Deadline;
  signal: AbortSignal | undefined;
  reads?: Reads;
}

/** The engine must get a response within two seconds after it has cancelled a call. */
const lastLookMs = 1000;

export class Client implements Requests {
  readonly #shared: Shared;

  constructor(
    readonly transport: Transport,
    private readonly options: ClientOptions = {},
    private readonly bound?: Bound,
  ) {
    const fresh = (): Shared => ({
      limiter: new ConcurrencyLimiter(this.#parallel),
      retryPolicy: new RetryPolicy(options.awayMs),
      info: undefined,
      reads: undefined,
    });
    this.#shared = bound === undefined ? fresh() : bound.client.#shared;
  }

  /** Returns a client for the same server that sends no requests after a deadline. */
  until(limit: Deadline): Client {
    return new Client(this.transport, this.options, { client: this, limit, signal: this.signal });
  }

  /**
   * Returns a client for the same server that sends no requests once the signal fires; requests in progress fail with
   * its reason.
   */
  withSignal(signal: AbortSignal): Client {
    return new Client(this.transport, this.options, { client: this, signal });
  }

  /** Returns a client for the same server that asks `reads` before it sends a read. */
  withReads(reads: Reads): Client {
    return new Client(this.transport, this.options, { client: this, signal: this.signal, reads });
  }

  /**
   * Returns a client for reading many objects of one run: after a few of a collection, the whole collection is read.
   * What it finds has no ETag.
   */
  forManyReads(run: object): Client {
    const { bulk } = this.sharedReads(run);
    return this.withReads({
      read: (path, send) => bulk.read(path, send, (list, query, schema) => this.get(list, schema, query)),
    });
  }

  /** Returns the reads that a run shares. */
  sharedReads(run: object): SharedReads {
    if (this.#shared.reads?.run !== run) this.#shared.reads = new SharedReads(run);
    return this.#shared.reads;
  }

  /** Fires when this client must stop. Pauses between requests observe it as well; see `pause`. */
  get signal(): AbortSignal | undefined {
    return this.bound?.signal;
  }

  /**
   * Returns a client for a last look at what a call leaves behind. If this client was stopped, it gets a moment for
   * that.
   */
  forLastLook(): Client {
    return this.signal?.aborted === true ? this.#whole.withSignal(AbortSignal.timeout(lastLookMs)) : this;
  }

  get #whole(): Client {
    return this.bound === undefined ? this : this.bound.client.#whole;
  }

  /** Pauses between two polls of the server. */
  pause(ms: number): Promise<void> {
    return pause(ms, this.signal);
  }

  #send(request: HttpRequest): Promise<HttpReply> {
    if (this.bound === undefined) return this.transport.send(request);
    const { client, limit, signal } = this.bound;
    if (limit !== undefined) return limit.send(request, (limited) => client.#send(limited));
    return client.#send({ ...request, signal: anyOf(signal, request.signal) });
  }

  get #parallel(): number {
    return this.options.parallel ?? defaultParallel;
  }

  /**
   * Returns the server's product, version and features; queried once. Enrolls the client if the server does not trust
   * it yet.
   */
  info(): Promise<ServerInfo> {
    this.#shared.info ??= this.#introduce().catch((error: unknown) => {
      this.#shared.info = undefined;
      throw error;
    });
    return this.#shared.info;
  }

  async #introduce(): Promise<ServerInfo> {
    const info = await handshake(this, this.options);
    if (info.fingerprint !== undefined) this.#shared.limiter = limiterOf(info.fingerprint, this.#parallel);
    return info;
  }

  async get<S extends z.ZodType>(
    path: string,
    schema: S,
    query: Query = {},
    { isLong = false, isOptional = false, ...limits }: ReadOptions = {},
  ): Promise<Found<z.output<S>>> {
    const request = { method: "GET" as const, path: withQuery(path, query), isShort: !isLong, ...limits };
    const { envelope, reply } = await this.#once(request.path, () =>
      this.#exchange(request, isOptional ? "never" : "always"),
    );
    if (envelope.type !== "sync") throw unexpected(envelope, request);
    const parsed = schema.safeParse(envelope.metadata);
    if (parsed.success) return { value: parsed.data, etag: header(reply, "etag") };
    throw notUnderstood(parsed.error, request);
  }

  #once(path: string, send: () => Promise<Answer>): Promise<Answer> {
    return this.bound?.reads === undefined ? send() : this.bound.reads.read(path, send);
  }

  /** Like `get`, but returns undefined if the object does not exist. A missing project or pool is still an error. */
  async find<S extends z.ZodType>(
    path: string,
    schema: S,
    query: Query = {},
    options: ReadOptions = {},
  ): Promise<Found<z.output<S>> | undefined> {
    try {
      return await this.get(path, schema, query, options);
    } catch (error) {
      if (isCode(error, "not-found") && !isContainerMissing(error)) return undefined;
      throw error;
    }
  }

  /** Returns a response without an envelope, such as a log. */
  async text(path: string, query: Query = {}): Promise<string> {
    const request = { method: "GET" as const, path: withQuery(path, query), isShort: true };
    return this.#persist("always", async () => this.#text(await this.#open(request), request));
  }

  /** Streams the bytes of a response without an envelope. */
  async download(path: string, query: Query, onChunk: (chunk: Buffer) => void): Promise<void> {
    for await (const chunk of (await this.open(path, query)).body) onChunk(chunk as Buffer);
  }

  /** Returns a response without an envelope, before its body is read. */
  open(path: string, query: Query = {}): Promise<HttpReply> {
    const request = { method: "GET" as const, path: withQuery(path, query) };
    return this.#persist("always", () => this.#open(request));
  }

  async #open(request: HttpRequest): Promise<HttpReply> {
    const reply = await this.#send(request);
    if (reply.status < 300) return reply;
    throw noText(await this.#text(reply, request), request);
  }

  /**
   * Sends a change and waits for its end, whether synchronous or as an operation. Retries it only if the server cannot
   * have started it.
   */
  async change(change: Change): Promise<WireOperation | undefined> {
    try {
      return await this.#change(change);
    } finally {
      this.#shared.reads?.changed(change.path);
    }
  }

  #change(change: Change): Promise<WireOperation | undefined> {
    const { upload, isUpToGuest = false, deadlineMs = defaultDeadlineMs, onProgress } = change;
    const request = toHttp(change);
    return this.#shared.limiter.run(upload !== undefined, async (leave) => {
      const { envelope } = await this.#exchange(request, upload === undefined ? "if-not-begun" : "never");
      if (envelope.type === "sync") return undefined;
      if (envelope.type === "error") throw unexpected(envelope, request);
      if (isUpToGuest) leave();
      return follow(this, envelope.metadata.id, { request, deadlineMs, onProgress });
    });
  }

  /** Starts a change as an operation with streams; the caller waits for its end. */
  begin(change: Change): Promise<WireOperation> {
    const request = toHttp(change);
    return this.#shared.limiter.run(false, async () => {
      const { envelope } = await this.#exchange(request, "if-not-begun");
      if (envelope.type === "async") return envelope.metadata;
      throw unexpected(envelope, request);
    });
  }

  #exchange(request: HttpRequest, repeatable: Repeatable): Promise<{ envelope: Envelope; reply: HttpReply }> {
    return this.#persist(repeatable, async () => {
      const reply = await this.#send(request);
      const envelope = parseEnvelope(await this.#text(reply, request), request);
      if (envelope.type === "error") throw refusal(envelope.error, envelope.error_code, request);
      return { envelope, reply };
    });
  }

  #persist<T>(repeatable: Repeatable, attempt: () => Promise<T>): Promise<T> {
    return this.#shared.retryPolicy.run({ repeatable, signal: this.signal }, attempt);
  }

  async #text(reply: HttpReply, { method, path }: HttpRequest): Promise<string> {
    try {
      return await reply.body.text();
    } catch (error) {
      throw this.transport.explain(error, { method, path });
    }
  }
}

function header(reply: Pick<HttpReply, "headers">, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
