// The HTTP server on the unix socket: one request in, its route's reply or error out.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Daemon } from "../daemon";
import { toDaemonError } from "../errors";
import { Call } from "./call";
import { sendError, sendReply } from "./reply";
import { findRoute, type Route } from "./router";

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  wantBody: () => void;
}

async function answer(daemon: Daemon, routes: readonly Route[], exchange: Exchange): Promise<void> {
  const { request, response, wantBody } = exchange;
  try {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
    const { handler, params } = findRoute(routes, request.method ?? "GET", path);
    await sendReply(response, await handler(new Call({ daemon, request, params, query, wantBody })));
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendError(response, toDaemonError(error));
  }
}

/** Not listening yet. */
export function createHttpServer(daemon: Daemon, routes: readonly Route[]): Server {
  // An upload takes as long as it takes, and like Go's server this one never closes an idle connection.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 });
  const nothing = () => undefined;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void answer(daemon, routes, { request, response, wantBody: nothing });
  });
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    void answer(daemon, routes, { request, response, wantBody: () => response.writeContinue() });
  });
  return server;
}
