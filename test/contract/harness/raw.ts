// A tiny HTTP client for a unix socket, written with node:http only: it shares no code with the provider's client.
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** The daemons' envelope, as it came. */
export interface Envelope {
  type: "sync" | "async" | "error";
  status: string;
  status_code: number;
  operation: string;
  error_code: number;
  error: string;
  metadata: unknown;
}

export interface RawReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** The parsed body; an empty object when the answer was no JSON. */
  body: Partial<Envelope>;
  bytes: Buffer;
}

/** A value is sent as JSON; text, bytes and streams as they are. */
export type RawBody = Buffer | string | Readable | object | undefined;

interface Sent {
  method: string;
  path: string;
  body?: RawBody;
  headers?: Record<string, string>;
}

function encode(body: RawBody): Buffer | Readable | undefined {
  if (body === undefined || Buffer.isBuffer(body) || body instanceof Readable) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function parse(contentType: string | undefined, bytes: Buffer): Partial<Envelope> {
  if (contentType !== "application/json" || bytes.length === 0) return {};
  return JSON.parse(bytes.toString()) as Envelope;
}

/** Less than a hook of a test has, so that what hangs is named. The wait for an operation may take longer. */
const ANSWER_MS = 50_000;

/** Larger bodies are sent when the daemon wants them: it may answer before that, and an answer must not be lost. */
const EXPECT_BYTES = 64 * 1024;

function lengthHeaders(content: Buffer | Readable | undefined): Record<string, string> {
  if (!Buffer.isBuffer(content)) return {};
  const length = { "Content-Length": String(content.length) };
  return content.length > EXPECT_BYTES ? { ...length, Expect: "100-continue" } : length;
}

export class RawClient {
  constructor(private readonly socket: () => string) {}

  send({ method, path, body, headers = {} }: Sent): Promise<RawReply> {
    const content = encode(body);
    const isJson = typeof body === "object" && !Buffer.isBuffer(body) && !(body instanceof Readable);
    const type: Record<string, string> = isJson ? { "Content-Type": "application/json" } : {};
    const length = lengthHeaders(content);
    // A connection for each request: nothing that one left behind is seen by the next. The client closes it: Node writes
    // nothing, once more, after the body, and fails with EPIPE if a server has answered and closed by then.
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<RawReply>((resolve, reject) => {
      const options = { socketPath: this.socket(), agent, path, method, headers: { ...type, ...length, ...headers } };
      const sent = request(options, (response) => {
        buffer(response).then((bytes) => {
          const { statusCode = 0, headers: received } = response;
          // What the daemon never asked for is not sent any more.
          if (!sent.writableEnded) sent.destroy();
          resolve({ status: statusCode, headers: received, body: parse(received["content-type"], bytes), bytes });
        }, reject);
      });
      sent.on("error", reject);
      if (!path.includes("/wait")) {
        const unanswered = new Error(`${method} ${path} was not answered within ${ANSWER_MS / 1000} s`);
        sent.setTimeout(ANSWER_MS, () => sent.destroy(unanswered));
      }
      const isLarge = Buffer.isBuffer(content) && content.length > EXPECT_BYTES;
      if (content instanceof Readable) content.pipe(sent);
      else if (isLarge) sent.once("continue", () => sent.end(content)).flushHeaders();
      else sent.end(content);
    });
    return answer.finally(() => agent.destroy());
  }

  get(path: string, headers?: Record<string, string>): Promise<RawReply> {
    return this.send({ method: "GET", path, ...(headers && { headers }) });
  }

  post(path: string, body?: RawBody, headers?: Record<string, string>): Promise<RawReply> {
    return this.send({ method: "POST", path, body, ...(headers && { headers }) });
  }

  put(path: string, body?: RawBody, headers?: Record<string, string>): Promise<RawReply> {
    return this.send({ method: "PUT", path, body, ...(headers && { headers }) });
  }

  patch(path: string, body?: RawBody, headers?: Record<string, string>): Promise<RawReply> {
    return this.send({ method: "PATCH", path, body, ...(headers && { headers }) });
  }

  delete(path: string, body?: RawBody): Promise<RawReply> {
    return this.send({ method: "DELETE", path, body });
  }
}

/** A value deep in a reply: `at(reply.body, "metadata", "config", "size")`; undefined when there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((current, key) => {
    if (typeof current !== "object" || current === null) return undefined;
    return (current as Record<string | number, unknown>)[key];
  }, value);
}

/** The same for text; fails when it is none. */
export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== "string") throw new Error(`no text at ${path.join(".")} in ${JSON.stringify(value)}`);
  return found;
}
