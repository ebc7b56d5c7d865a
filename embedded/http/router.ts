// Finds the handler for a path and method in the route table.
import { DaemonError, notFound } from "../errors";
import type { Call } from "./call";
import type { Reply } from "./reply";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Handler = (call: Call) => Reply | Promise<Reply>;

/** A path with `{name}` for one segment, or `{name...}` for the rest, and its handlers. */
export type Route = { path: string } & Partial<Record<Method, Handler>>;

export interface Match {
  handler: Handler;
  params: Record<string, string>;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound("not found");
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const desired = pattern.split("/");
  const given = path.split("/");
  const params: Record<string, string> = {};
  for (const [index, segment] of desired.entries()) {
    const name = /^\{(\w+)(\.\.\.)?\}$/.exec(segment);
    const rest = name?.[2] !== undefined;
    const value = rest ? given.slice(index).join("/") : given[index];
    if (value === undefined || (name === null && value !== segment) || (name && value === "")) return undefined;
    if (name?.[1] !== undefined) params[name[1]] = decodeSegment(value);
    if (rest) return params;
  }
  return desired.length === given.length ? params : undefined;
}

/** The first route whose path matches; 404 if there is none, 501 if it lacks the method. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params === undefined) continue;
    const handler = route[method as Method];
    if (handler === undefined) throw new DaemonError(501, "not implemented");
    return { handler, params };
  }
  throw notFound("not found");
}
