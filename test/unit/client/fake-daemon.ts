// An HTTP server on a unix socket that answers as a test wants, for the things that a sound daemon never does.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Client, type ClientOptions } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";

export interface FakeDaemon {
  socket: string;
  client: Client;
  server: Server;
  /** What was asked, in order: `GET /1.0`. */
  requests: { line: string; headers: IncomingMessage["headers"]; body: string }[];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A daemon for the time of one test. `routes` are found by method and path, without the query. */
export async function fakeDaemon(routes: Record<string, Handler>, options: ClientOptions = {}): Promise<FakeDaemon> {
  const dir = await mkdtemp(join(tmpdir(), "lxd-fake-"));
  const requests: FakeDaemon["requests"] = [];
  const server = createServer((request, response) => {
    const seen = { line: `${request.method ?? ""} ${request.url ?? ""}`, headers: request.headers, body: "" };
    requests.push(seen);
    request.on("data", (chunk: Buffer) => (seen.body += chunk.toString()));
    const route = routes[seen.line.replace(/\?.*/, "")];
    if (route === undefined) error(404, "not found")(request, response);
    else route(request, response);
  });
  const socket = join(dir, "unix.socket");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true });
  });
  return {
    socket,
    client: new Client(new UnixTransport(socket, options), { awayMs: 200, ...options }),
    server,
    requests,
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export function sync(metadata: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(200, headers);
    response.end(JSON.stringify({ type: "sync", status: "Success", status_code: 200, metadata }));
  };
}

/** `status` differs from the code in the body where a daemon sends a failure with HTTP 200. */
export function error(code: number, text: string, status = code): Answer {
  return (_request, response) => {
    response.writeHead(status);
    response.end(JSON.stringify({ type: "error", error: text, error_code: code, metadata: null }));
  };
}

/** An operation that has just begun. */
export function begun(id = "op"): Answer {
  return (request, response) => {
    request.on("end", () => {
      response.writeHead(202, { Location: `/1.0/operations/${id}` });
      const body = { type: "async", operation: `/1.0/operations/${id}`, metadata: operation({ id }) };
      response.end(JSON.stringify(body));
    });
    request.resume();
  };
}

export interface WireOperation {
  id: string;
  status_code: number;
  err: string;
  metadata: Record<string, unknown> | null;
}

export function operation(changes: Partial<WireOperation> = {}): WireOperation & { resources: null } {
  return { id: "op", status_code: 103, err: "", metadata: null, ...changes, resources: null };
}

/** Answers after a while, with the headers at once as the daemons' wait does. */
export function later(ms: number, answer: Answer): Answer {
  return (request, response) => {
    response.flushHeaders();
    const timer = setTimeout(() => answer(request, withSentHeaders(response)), ms);
    response.on("close", () => clearTimeout(timer));
  };
}

function withSentHeaders(response: ServerResponse): ServerResponse {
  response.writeHead = () => response;
  return response;
}
