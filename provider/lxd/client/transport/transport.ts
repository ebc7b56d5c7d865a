// Sends HTTP requests to one server, and converts connection failures to errors with advice.
import { type Readable } from "node:stream";
import type { Agent, buildConnector, Dispatcher, WebSocket } from "undici";
import { anyOf, unlessAborted } from "../../../base/abort";
import { type FailedRequest, LxdError } from "../../../base/errors";
import { once } from "../../../base/once";
import { defaultParallel } from "./concurrency-limiter";
import { type UploadStream, type WatchedUpload, watchUpload } from "./watched-upload";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query, each part percent-encoded. */
  path: string;
  headers?: Record<string, string>;
  body?: string | UploadStream;
  /** How long the server may stay silent; for an upload, after its last byte. Default: 60 s; 0 waits forever. */
  silenceMs?: number;
  /** How long the server may accept no byte of an upload. Default: 2 minutes. */
  stallMs?: number;
  /** A short read; the number of concurrent short reads is limited. */
  isShort?: boolean;
  signal?: AbortSignal | undefined;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Dispatcher.ResponseData["body"];
}

const defaultSilenceMs = 60_000;
const defaultStallMs = 120_000;
/** The system detects a dead peer after this time and ten more seconds. */
export const keepAliveInitialDelay = 15_000;

export type Unreachable = Pick<LxdError["details"], "code" | "why" | "advice">;

export abstract class Transport {
  /** Where the server is, for users: the path of a socket, or an address. */
  abstract readonly place: string;
  protected abstract readonly origin: string;
  /** What a broken connection means, by error code; `PLACE` stands for the location of the server. */
  protected abstract readonly unreachable: Record<string, Unreachable>;
  readonly #agents: () => Promise<Agents>;

  constructor(connect: buildConnector.BuildOptions | buildConnector.connector, parallel = defaultParallel) {
    this.#agents = once(() => open(connect, parallel));
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    const { body } = request;
    const upload = typeof body === "object" ? this.#watch(body, request) : undefined;
    const signal = anyOf(upload?.signal, request.signal);
    try {
      signal?.throwIfAborted();
      // A request that waits for a connection ignores its signal.
      return await unlessAborted(this.#send(request, upload, signal), signal);
    } catch (error) {
      throw this.explain(error, { method: request.method, path: request.path });
    } finally {
      upload?.end();
    }
  }

  async #send(
    request: HttpRequest,
    upload: WatchedUpload | undefined,
    signal: AbortSignal | undefined,
  ): Promise<HttpReply> {
    const silenceMs = request.silenceMs ?? defaultSilenceMs;
    const { all, shortReads } = await this.#agents();
    const agent = request.isShort === true ? shortReads : all;
    const { statusCode, headers, body } = await agent.request({
      origin: this.origin,
      method: request.method,
      path: request.path,
      headers: request.headers ?? null,
      // undici accepts any iterable, and requests the next chunk only after the socket has released the last one; its
      // types do not say so.
      body: ((upload?.stream ?? request.body) as string | Readable | undefined) ?? null,
      // The server responds to an upload only after its last byte, which is monitored separately.
      headersTimeout: upload === undefined ? silenceMs : 0,
      bodyTimeout: silenceMs,
      signal: signal ?? null,
    });
    return { status: statusCode, headers, body };
  }

  #watch(body: UploadStream, { method, path, stallMs = defaultStallMs, silenceMs }: HttpRequest): WatchedUpload {
    const limits = { stallMs, answerMs: silenceMs ?? defaultSilenceMs };
    const silence = { code: "UND_ERR_HEADERS_TIMEOUT" };
    return watchUpload(body, limits, () => this.explain(silence, { method, path }));
  }

  /** A connection for interactive sessions, such as a console. */
  async webSocket(path: string): Promise<WebSocket> {
    const { WebSocket } = await import("undici");
    const { all } = await this.#agents();
    return new WebSocket(this.origin.replace(/^http/, "ws") + path, { dispatcher: all });
  }

  /** Converts a broken connection to an error for the user. */
  explain(error: unknown, request: FailedRequest): LxdError {
    if (error instanceof LxdError) return error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const known = this.unreachable[code] ?? broken[code];
    if (known === undefined) {
      const why = `the connection to the daemon broke: ${(error as Error).message}`;
      return new LxdError({ code: "unavailable", why, request, cause: error });
    }
    return new LxdError({ ...known, why: known.why.replace("PLACE", this.place), request, cause: error });
  }

  async close(): Promise<void> {
    const { all, shortReads } = await this.#agents();
    await Promise.all([all.close(), shortReads.close()]);
  }
}

interface Agents {
  /** For changes, waits for them, and downloads. Unlimited, because the number of changes is limited elsewhere. */
  all: Agent;
  shortReads: Agent;
}

/** undici is loaded with the first request: a preview without changes sends none. */
async function open(
  connect: buildConnector.BuildOptions | buildConnector.connector,
  parallel: number,
): Promise<Agents> {
  const { Agent } = await import("undici");
  return {
    all: new Agent({ connect, pipelining: 1 }),
    shortReads: new Agent({ connect, pipelining: 1, connections: parallel }),
  };
}

const silent: Unreachable = {
  code: "unavailable",
  why: "the daemon at PLACE has stopped answering",
  advice: "Look at the daemon's log.",
};

/** Errors that can occur on any connection. */
const broken: Record<string, Unreachable> = {
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: "content-mismatch",
    why: "the content does not have its announced length",
    advice: "Wait until it is no longer being written, then run `pulumi up` again.",
  },
};
