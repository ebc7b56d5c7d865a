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
/** `sun_path` of Linux has 108 bytes, the last of them zero. */
const longestSocketPath = 107;

export class UnixTransport {
  readonly #agent: Agent;

  constructor(readonly socket: string) {
    this.#agent = new Agent({ connect: { socketPath: socket }, pipelining: 1 });
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    const silenceMs = request.silenceMs ?? defaultSilenceMs;
    try {
      this.#requireUsablePath();
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
      // What was not sent is let go of, even if it was never begun.
      if (typeof request.body === "object") request.body.destroy();
      throw this.explain(error, { method: request.method, path: request.path });
    }
  }

  /** A longer path is cut by the system, and would name another file. */
  #requireUsablePath(): void {
    if (Buffer.byteLength(this.socket) <= longestSocketPath) return;
    const why = `the path is too long for a socket: ${this.socket}`;
    const advice = `Use a path of at most ${longestSocketPath} bytes, for example a symbolic link.`;
    throw new LxdError({ code: "invalid-argument", why, advice });
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
    return new LxdError({ ...known, why: known.why.replace("SOCKET", this.socket), request, cause: error });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

type Unreachable = Pick<LxdError["details"], "code" | "why" | "advice">;

const startDaemon =
  "Start the daemon (`systemctl start incus` or `snap start lxd`), or name its socket with `pulumi config set lxd:socket PATH`.";

const noSocket: Unreachable = { code: "unavailable", why: "no daemon's socket at SOCKET", advice: startDaemon };
const silent: Unreachable = {
  code: "unavailable",
  why: "the daemon at SOCKET has stopped answering",
  advice: "Look at the daemon's log.",
};

const unreachable: Record<string, Unreachable> = {
  ENOENT: noSocket,
  ENOTDIR: noSocket,
  ECONNREFUSED: { code: "unavailable", why: "no daemon listens at SOCKET", advice: startDaemon },
  EACCES: {
    code: "permission-denied",
    why: "this user may not use the daemon's socket at SOCKET",
    advice: "Add the user to the group that owns the socket (`incus-admin` or `lxd`) and log in again.",
  },
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: "content-mismatch",
    why: "the content is not as long as it was said to be",
    advice: "Let whatever writes it finish, then run `pulumi up` again.",
  },
};
