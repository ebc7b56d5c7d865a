// GET /1.0/events as a websocket: operations and lifecycle events of one project, or of all.
import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import type { Daemon } from "../daemon";
import { badRequest, type DaemonError, notFound, toDaemonError } from "../errors";
import { errorEnvelope } from "./reply";
import { acceptWebSocket } from "./websocket";

const TYPES = ["logging", "operation", "lifecycle", "network-acl", "ovn"];
const KEEPALIVE_MS = 10_000;

interface Wanted {
  types: readonly string[];
  /** Undefined for all projects. */
  project: string | undefined;
}

function readWanted(daemon: Daemon, url: URL): Wanted {
  if (url.pathname !== "/1.0/events") throw notFound("not found");
  const types = (url.searchParams.get("type") ?? TYPES.join(",")).split(",");
  const bad = types.find((type) => !TYPES.includes(type));
  if (bad !== undefined) throw badRequest(`"${bad}" isn't a supported event type`);
  if (url.searchParams.get("all-projects") === "true") return { types, project: undefined };
  const project = url.searchParams.get("project") ?? "default";
  if (daemon.store.projects.find(project) === undefined) throw notFound("Project not found");
  return { types, project };
}

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

/** Takes an upgrade request; returns the way to end its stream. */
export function streamEvents(daemon: Daemon, request: IncomingMessage, socket: Duplex): () => void {
  try {
    const wanted = readWanted(daemon, new URL(request.url ?? "/", "http://daemon"));
    const client = acceptWebSocket(request, socket);
    if (client === undefined) throw badRequest("Bad Request");
    const stop = daemon.events.listen((event) => {
      const isWanted = wanted.types.includes(event.type) && [undefined, event.project].includes(wanted.project);
      if (isWanted) client.send(JSON.stringify(event));
    });
    client.ping("keepalive");
    const timer = setInterval(() => client.ping("keepalive"), KEEPALIVE_MS);
    client.onClose(() => {
      clearInterval(timer);
      stop();
    });
    return () => client.close();
  } catch (error) {
    refuse(socket, toDaemonError(error));
    return () => undefined;
  }
}
