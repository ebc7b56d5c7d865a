// Carries HTTP requests to one daemon, and turns a failure to reach it into one that says what to do.
import { type Readable } from "node:stream";
import { type Agent, type Dispatcher } from "undici";
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

export type Unreachable = Pick<LxdError["details"], "code" | "why" | "advice">;

export abstract class Transport {
  /** Where the daemon is, as the user knows it: the path of a socket, or an address. */
  abstract readonly place: string;
  protected abstract readonly origin: string;
  protected abstract readonly agent: Agent;
  /** What a broken connection means, by the code of its error; `PLACE` stands for where the daemon is. */
  protected abstract readonly unreachable: Record<string, Unreachable>;

  async send(request: HttpRequest): Promise<HttpReply> {
    const silenceMs = request.silenceMs ?? defaultSilenceMs;
    try {
      const { statusCode, headers, body } = await this.agent.request({
        origin: this.origin,
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

  /** What a broken connection means to the user. */
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
    await this.agent.close();
  }
}

const silent: Unreachable = {
  code: "unavailable",
  why: "the daemon at PLACE has stopped answering",
  advice: "Look at the daemon's log.",
};

/** What can happen to any connection. */
const broken: Record<string, Unreachable> = {
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: "content-mismatch",
    why: "the content is not as long as it was said to be",
    advice: "Let whatever writes it finish, then run `pulumi up` again.",
  },
};
