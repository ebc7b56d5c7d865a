// /1.0/operations: read, wait for and cancel operations.
import { badRequest, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { type Envelope, errorEnvelope, type Reply, sync, syncEnvelope } from "../http/reply";
import type { Route } from "../http/router";

function requireOperation(call: Call) {
  const found = call.daemon.operations.find(call.param("id"));
  if (found === undefined) throw notFound("Operation not found");
  return found;
}

/** A map from status to operations, as URLs or objects. */
function listOperations(call: Call): Reply {
  const project = call.wantsAllProjects ? undefined : call.project;
  const byStatus: Record<string, unknown[]> = {};
  for (const view of call.daemon.operations.list(project)) {
    const shown = call.recursion === 0 ? `/1.0/operations/${view.id}` : view;
    (byStatus[view.status.toLowerCase()] ??= []).push(shown);
  }
  return sync(byStatus);
}

function timeoutOf(call: Call): number | undefined {
  const text = call.query.get("timeout") ?? "-1";
  if (!/^-?\d+$/.test(text)) throw failed(`strconv.Atoi: parsing "${text}": invalid syntax`);
  const seconds = Number(text);
  return seconds < 0 ? undefined : seconds * 1000;
}

/** In the older form, a failure and a wait that times out are an error body with HTTP 200. */
async function outcomeOf(call: Call, timeoutMs: number | undefined): Promise<Envelope> {
  const found = requireOperation(call);
  const ending = await call.daemon.operations.wait(call.param("id"), timeoutMs);
  if (call.daemon.settings.failedWait === "operation") return syncEnvelope(found.view);
  if (ending === "timeout") return errorEnvelope(failed("context deadline exceeded"));
  return found.error ? errorEnvelope(found.error) : syncEnvelope(found.view);
}

function waitForOperation(call: Call): Reply {
  requireOperation(call);
  return { kind: "later", envelope: outcomeOf(call, timeoutOf(call)) };
}

function cancelOperation(call: Call): Reply {
  const { view } = requireOperation(call);
  if (view.status_code !== 103) throw badRequest("Only running operations can be cancelled");
  throw badRequest("This operation can't be cancelled");
}

export const operationRoutes: Route[] = [
  { path: "/1.0/operations", GET: listOperations },
  { path: "/1.0/operations/{id}", GET: (call) => sync(requireOperation(call).view), DELETE: cancelOperation },
  { path: "/1.0/operations/{id}/wait", GET: waitForOperation },
];
