// GET /1.0/events as a WebSocket: operations and lifecycle events of one project or all.
import type { Daemon } from "../context";
import { badRequest, notFound } from "../errors";
import { acceptWebSocket, type Upgrade } from "./websocket";

const TYPES = ["logging", "operation", "lifecycle", "network-acl", "ovn"];
const KEEPALIVE_MS = 10_000;

interface Wanted {
  types: readonly string[];
  /** Undefined for all projects. */
  project: string | undefined;
}

function readWanted(daemon: Daemon, url: URL): Wanted {
  const types = (url.searchParams.get("type") ?? TYPES.join(",")).split(",");
  const bad = types.find((type) => !TYPES.includes(type));
  if (bad !== undefined) throw badRequest(`"${bad}" isn't a supported event type`);
  if (url.searchParams.get("all-projects") === "true") return { types, project: undefined };
  const project = url.searchParams.get("project") ?? "default";
  if (daemon.store.projects.find(project) === undefined) throw notFound("Project not found");
  return { types, project };
}

/** Handles an upgrade request; returns a function that ends the stream. */
export function streamEvents(daemon: Daemon, url: URL, upgrade: Upgrade): () => void {
  const desired = readWanted(daemon, url);
  const client = acceptWebSocket(upgrade);
  if (client === undefined) throw badRequest("Bad Request");
  const stop = daemon.events.listen((event) => {
    const isWanted = desired.types.includes(event.type) && [undefined, event.project].includes(desired.project);
    if (isWanted) client.send(JSON.stringify(event));
  });
  client.ping("keepalive");
  const timer = setInterval(() => client.ping("keepalive"), KEEPALIVE_MS);
  client.onClose(() => {
    clearInterval(timer);
    stop();
  });
  return () => client.close();
}
