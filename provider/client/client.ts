// Typed requests to one daemon: read an object, or change something and follow the change to its end.
import { type Readable } from "node:stream";
import { type z } from "zod";
import { type FailedRequest, isCode, LxdError } from "../errors";
import { enrol, untrusted } from "./enrol";
import { type Envelope, parseEnvelope, refusal, type WireOperation } from "./envelope";
import { follow } from "./operations";
import { type Query, withQuery } from "./paths";
import { type ServerInfo, serverInfoSchema } from "./server-info";
import { type HttpReply, type HttpRequest, type Transport } from "./transport";

export interface Found<T> {
  value: T;
  /** For `ifMatch` of a later change. */
  etag: string | undefined;
}

export interface Change {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Query;
  json?: unknown;
  upload?: { stream: Readable; sizeBytes: number | undefined; headers: Record<string, string> };
  ifMatch?: string | undefined;
  /** How long the change may take after the daemon has accepted it. Default 10 minutes. */
  deadlineMs?: number;
  /** Told how far the daemon is while it works, about once a second. */
  onProgress?: (text: string) => void;
}

const defaultDeadlineMs = 10 * 60_000;

export interface ClientOptions {
  /** To be spent on a server that does not trust this client yet. */
  trustToken?: string | undefined;
}

export class Client {
  #info: Promise<ServerInfo> | undefined;

  constructor(
    readonly transport: Transport,
    private readonly options: ClientOptions = {},
  ) {}

  /** What this server is and can do; asked once. A server that does not trust this client yet is asked to. */
  info(): Promise<ServerInfo> {
    this.#info ??= this.#introduce().catch((error: unknown) => {
      this.#info = undefined;
      throw error;
    });
    return this.#info;
  }

  async #introduce(): Promise<ServerInfo> {
    const { value } = await this.get("/1.0", serverInfoSchema);
    if (value.trusted) return value;
    await enrol(this, value, this.options.trustToken);
    const again = await this.get("/1.0", serverInfoSchema);
    if (again.value.trusted) return again.value;
    throw untrusted(this.transport.place);
  }

  async get<S extends z.ZodType>(path: string, schema: S, query: Query = {}): Promise<Found<z.output<S>>> {
    const request = { method: "GET" as const, path: withQuery(path, query) };
    const { envelope, reply } = await this.#exchange(request);
    if (envelope.type !== "sync") throw unexpected(envelope, request);
    const parsed = schema.safeParse(envelope.metadata);
    if (parsed.success) return { value: parsed.data, etag: header(reply, "etag") };
    const why = `the daemon's answer is not understood: ${parsed.error.issues.map(describeIssue).join("; ")}`;
    throw new LxdError({ code: "failed", why, request });
  }

  /** Like `get`, but an object that is not there is undefined. A missing project or pool is still an error. */
  async find<S extends z.ZodType>(path: string, schema: S, query: Query = {}): Promise<Found<z.output<S>> | undefined> {
    try {
      return await this.get(path, schema, query);
    } catch (error) {
      if (isCode(error, "not-found") && !isContainerMissing(error)) return undefined;
      throw error;
    }
  }

  /** A reply that is no envelope but the thing itself, such as a log. */
  async text(path: string, query: Query = {}): Promise<string> {
    return this.#text(await this.open(path, query), { method: "GET", path: withQuery(path, query) });
  }

  /** The bytes of a reply that is no envelope, as they come. */
  async download(path: string, query: Query, onChunk: (chunk: Buffer) => void): Promise<void> {
    for await (const chunk of (await this.open(path, query)).body) onChunk(chunk as Buffer);
  }

  /** A reply that is no envelope, with its body yet to be read. */
  async open(path: string, query: Query = {}): Promise<HttpReply> {
    const request = { method: "GET" as const, path: withQuery(path, query) };
    const reply = await this.transport.send(request);
    if (reply.status < 300) return reply;
    const envelope = parseEnvelope(await this.#text(reply, request), request);
    throw envelope.type === "error"
      ? refusal(envelope.error, envelope.error_code, request)
      : unexpected(envelope, request);
  }

  /** Sends a change and waits for its end, whether the daemon does it at once or in an operation. */
  async change(change: Change): Promise<WireOperation | undefined> {
    const request = toHttp(change);
    const { envelope } = await this.#exchange(request);
    if (envelope.type === "sync") return undefined;
    if (envelope.type === "error") throw unexpected(envelope, request);
    return follow(this, envelope.metadata.id, {
      request,
      deadlineMs: change.deadlineMs ?? defaultDeadlineMs,
      onProgress: change.onProgress,
    });
  }

  async #exchange(request: HttpRequest): Promise<{ envelope: Envelope; reply: HttpReply }> {
    const reply = await this.transport.send(request);
    const envelope = parseEnvelope(await this.#text(reply, request), request);
    if (envelope.type === "error") throw refusal(envelope.error, envelope.error_code, request);
    return { envelope, reply };
  }

  async #text(reply: HttpReply, request: FailedRequest): Promise<string> {
    try {
      return await reply.body.text();
    } catch (error) {
      throw this.transport.explain(error, request);
    }
  }
}

function toHttp(change: Change): HttpRequest {
  const { upload, ifMatch } = change;
  const headers: Record<string, string> = ifMatch === undefined ? {} : { "If-Match": ifMatch };
  const base = { method: change.method, path: withQuery(change.path, change.query ?? {}) };
  if (upload !== undefined) {
    if (upload.sizeBytes !== undefined) headers["Content-Length"] = String(upload.sizeBytes);
    // Exactly this type: with any parameter the daemons take the body for JSON.
    const typed = { "Content-Type": "application/octet-stream", ...upload.headers };
    return { ...base, headers: { ...headers, ...typed }, body: upload.stream };
  }
  if (change.json === undefined) return { ...base, headers };
  return { ...base, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(change.json) };
}

/** A 404 that speaks of what holds the object says nothing about the object. */
function isContainerMissing(error: LxdError): boolean {
  return /(project|storage pool|cluster member) not found$/i.test(error.details.why);
}

function unexpected(envelope: Envelope, request: FailedRequest): LxdError {
  return new LxdError({ code: "failed", why: `the daemon answered with type "${envelope.type}"`, request });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.map(String).join(".")}: ${issue.message}`;
}

function header(reply: HttpReply, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
