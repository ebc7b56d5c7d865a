// Lists of URLs or objects by `recursion`, filtered by `filter`.
import type { Call } from "./call";
import { parseFilter } from "./filter";
import { type Reply, sync } from "./reply";

export interface Listed {
  url: string;
  /** The object as shown by recursion=1. */
  view: Record<string, unknown>;
  /** The object as shown by recursion=2, if different. */
  full?: () => Record<string, unknown>;
}

/** The URL of an object: a name is one segment, and a project is included unless it is the default one. */
export function urlOf(segments: readonly string[], project = "default"): string {
  const path = ["", "1.0", ...segments.map(encodeURIComponent)].join("/");
  return project === "default" ? path : `${path}?project=${encodeURIComponent(project)}`;
}

export function list(call: Call, items: readonly Listed[], badFilterStatus = 500): Reply {
  const clause = call.query.get("filter") ?? "";
  const matches = clause === "" ? () => true : parseFilter(clause, badFilterStatus);
  const kept = items.filter((item) => matches(item.view));
  if (call.recursion === 0) return sync(kept.map((item) => item.url));
  const isFull = call.recursion >= 2;
  return sync(kept.map((item) => (isFull && item.full ? item.full() : item.view)));
}
