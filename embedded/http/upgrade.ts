// WebSocket upgrades: events, and the streams of operations.
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import type { Daemon } from "../context";
import { badRequest, type DaemonError, notFound, toDaemonError } from "../errors";
import { streamEvents } from "./event-stream";
import { errorEnvelope } from "./reply";
import { acceptWebSocket, type Upgrade } from "./websocket";

const OPERATION = /^\/1\.0\/operations\/([0-9a-f-]+)\/websocket$/;

function refuse(socket: Duplex, error: DaemonError): void {
  const body = `${JSON.stringify(errorEnvelope(error))}\n`;
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end([...head, "", body].join("\r\n"));
}

function connectStream(daemon: Daemon, url: URL, request: Upgrade): () => void {
  const id = OPERATION.exec(url.pathname)?.[1] ?? "";
  const streams = daemon.operations.find(id)?.streams;
  if (streams === undefined) throw notFound("Operation not found");
  const name = streams.nameOf(url.searchParams.get("secret") ?? "");
  if (name === undefined) throw notFound("not found");
  const client = acceptWebSocket(request);
  if (client === undefined) throw badRequest("Bad Request");
  streams.connect(name, client);
  return () => client.close();
}

/** Handles the request; returns a function that ends its connection. */
export function upgrade(daemon: Daemon, request: Upgrade): () => void {
  try {
    const url = new URL(request.request.url ?? "/", "http://daemon");
    if (url.pathname === "/1.0/events") return streamEvents(daemon, url, request);
    if (OPERATION.test(url.pathname)) return connectStream(daemon, url, request);
    throw notFound("not found");
  } catch (error) {
    refuse(request.socket, toDaemonError(error));
    return () => undefined;
  }
}
