// Carries HTTP requests to one daemon's unix socket, and turns a failure to reach it into one that says what to do.
import { type Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { LxdError, type FailedRequest } from "../errors";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query, each part percent-encoded. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Readable;
  /** How long the daemon may stay silent. Default 60 s; 0 waits for ever. */
  silenceMs?: number;
  signal?: AbortSignal | undefined;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Dispatcher.ResponseData["body"];
}

const defaultSilenceMs = 60_000;

export class UnixTransport {
  readonly #agent: Agent;

  constructor(readonly socket: string) {
    this.#agent = new Agent({ connect: { socketPath: socket }, pipelining: 1 });
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    const silenceMs = request.silenceMs ?? defaultSilenceMs;
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: "http://daemon",
        method: request.method,
        path: request.path,
        headers: request.headers ?? null,
        body: request.body ?? null,
        // The daemon answers an upload only after it has all of it, so no silence is too long while it is sent.
        headersTimeout: typeof request.body === "object" ? 0 : silenceMs,
        bodyTimeout: silenceMs,
        signal: request.signal ?? null,
      });
      return { status: statusCode, headers, body };
    } catch (error) {
      throw this.explain(error, { method: request.method, path: request.path });
    }
  }

  /** What a broken connection means to the user. */
  explain(error: unknown, request: FailedRequest): LxdError {
    if (error instanceof LxdError) return error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const known = unreachable[code];
    if (known === undefined) {
      const why = `the connection to the daemon broke: ${(error as Error).message}`;
      return new LxdError({ code: "unavailable", why, request, cause: error });
    }
    return new LxdError({ ...known, why: `${known.why} at ${this.socket}`, request, cause: error });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

type Unreachable = Pick<LxdError["details"], "code" | "why" | "advice">;

const startDaemon =
  "Start the daemon (`systemctl start incus` or `snap start lxd`), or name its socket with `pulumi config set lxd:socket PATH`.";

const unreachable: Record<string, Unreachable> = {
  ENOENT: { code: "unavailable", why: "no daemon's socket", advice: startDaemon },
  ECONNREFUSED: { code: "unavailable", why: "no daemon listens", advice: startDaemon },
  ENOTSOCK: { code: "unavailable", why: "there is a file, but no socket,", advice: startDaemon },
  EACCES: {
    code: "permission-denied",
    why: "this user may not use the daemon's socket",
    advice: "Add the user to the group that owns the socket (`incus-admin` or `lxd`) and log in again.",
  },
};
