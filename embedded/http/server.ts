// The HTTP server on the Unix socket: passes each request to its route and sends the reply or error.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Duplex } from "node:stream";

import type { Daemon } from "../context";
import { toDaemonError } from "../errors";
import { Call } from "./call";
import { sendError, sendReply } from "./reply";
import { findRoute, type Route } from "./router";
import { upgrade } from "./upgrade";

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

export interface HttpServer {
  listen(socket: string): Promise<void>;
  /** Closes all connections; resolves when no request is being handled any more. */
  close(): Promise<void>;
  /** Closes all connections immediately. */
  cut(): Promise<void>;
}

function listenOn(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Does not listen yet. */
export function createHttpServer(daemon: Daemon, routes: readonly Route[]): HttpServer {
  // Uploads have no time limit, and like Go's server this one never closes an idle connection.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 });
  const busy = new Set<Promise<void>>();
  const take = (exchange: Exchange) => {
    const work = answer(daemon, routes, exchange).finally(() => busy.delete(work));
    busy.add(work);
  };
  const nothing = () => undefined;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    take({ request, response, wantBody: nothing });
  });
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    take({ request, response, wantBody: () => response.writeContinue() });
  });
  const streams = new Map<Duplex, () => void>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    socket.once("close", () => streams.delete(socket));
    streams.set(socket, upgrade(daemon, { request, socket }));
  });
  const cut = async () => {
    for (const end of streams.values()) end();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  const close = async () => {
    await cut();
    await Promise.all(busy);
  };
  return { listen: (socket) => listenOn(server, socket), close, cut };
}
