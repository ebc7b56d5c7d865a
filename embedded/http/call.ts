// A request as its handler sees it: the daemon, path parameters, query, headers and body.
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import type { Daemon } from "../context";
import { badRequest } from "../errors";
import { decode, type Decoded, type Shape } from "./decode";

interface CallParts {
  daemon: Daemon;
  request: IncomingMessage;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Sends `100 Continue` to a client that waits for it before the body. */
  wantBody: () => void;
}

export class Call {
  readonly daemon: Daemon;
  readonly query: URLSearchParams;
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.daemon = parts.daemon;
    this.query = parts.query;
    this.#parts = parts;
  }

  /** A decoded path parameter. */
  param(name: string): string {
    return this.#parts.params[name] ?? "";
  }

  /** The requested project, which may not exist: see requireProject. */
  get project(): string {
    return this.query.get("project") ?? "default";
  }

  /** The recursion level of lists; a value that is not a number counts as 0. */
  get recursion(): number {
    const level = Number(this.query.get("recursion")?.split(";")[0] ?? 0);
    return Number.isInteger(level) ? level : 0;
  }

  get wantsAllProjects(): boolean {
    if (this.query.get("all-projects") !== "true") return false;
    if (this.query.has("project")) throw badRequest("Cannot specify a project when requesting all projects");
    return true;
  }

  get ifMatch(): string | undefined {
    return this.#parts.request.headers["if-match"];
  }

  get contentType(): string {
    return this.#parts.request.headers["content-type"] ?? "";
  }

  /** A header of the product's family: `productHeader("type")` is `X-Incus-type`, or `X-LXD-type`. */
  productHeader(name: string): string {
    const value = this.#parts.request.headers[this.daemon.settings.product.headerPrefix + name];
    // Node decodes header bytes as Latin-1; clients send UTF-8.
    return typeof value === "string" ? Buffer.from(value, "latin1").toString("utf8") : "";
  }

  /** The body as a stream. */
  get body(): Readable {
    this.#parts.wantBody();
    return this.#parts.request;
  }

  /** The body as JSON with the fields of `shape`; `go` is the name of the daemons' type, for error texts. */
  async json<S extends Shape>(go: string, shape: S): Promise<Decoded<S>> {
    return decode(await text(this.body), go, shape);
  }
}
