// Follows a background operation of the daemon to its end, with a deadline, in both forms that servers report a failure.
import { setTimeout as sleep } from "node:timers/promises";
import { type FailedRequest, LxdError } from "../errors";
import { type Client } from "./client";
import { operationSchema, parseEnvelope, refusal, type WireOperation } from "./envelope";
import { path } from "./paths";

export interface Following {
  /** The request that started the operation, for error messages. */
  request: FailedRequest;
  deadlineMs: number;
  /** Told how far the daemon is, if it says so. */
  onProgress?: ((text: string) => void) | undefined;
}

const succeeded = 200;
const progressIntervalMs = 1000;

/** Resolves with the finished operation; rejects with the daemon's words if it failed, or when the deadline passes. */
export async function follow(client: Client, id: string, following: Following): Promise<WireOperation> {
  const done = new AbortController();
  const progress = following.onProgress ? watch(client, id, following.onProgress, done.signal) : undefined;
  try {
    return await wait(client, id, following);
  } finally {
    done.abort();
    await progress;
  }
}

async function wait(client: Client, id: string, { request, deadlineMs }: Following): Promise<WireOperation> {
  const timeoutS = Math.max(1, Math.ceil(deadlineMs / 1000));
  const waitPath = `${path("operations", id, "wait")}?timeout=${timeoutS}`;
  const envelope = parseEnvelope(await answer(client, { waitPath, deadlineMs, request }), request);
  if (envelope.type === "error") {
    // Finished operations are forgotten after some seconds: what this one came to, it took along.
    if (envelope.error_code === 404 && envelope.error === "Operation not found") throw lost(envelope.error, request);
    // The older form of the wait says with the same words that *it* ran out of time; only then the operation still runs.
    if (envelope.error === "context deadline exceeded" && (await isRunning(client, id))) throw late(request, timeoutS);
    throw refusal(envelope.error, envelope.error_code, request);
  }
  const operation = operationSchema.parse(envelope.metadata);
  if (operation.status_code === succeeded) return operation;
  if (operation.status_code < succeeded) throw late(request, timeoutS);
  throw refusal(operation.err || "the operation was cancelled", 500, request);
}

async function answer(
  client: Client,
  { waitPath, deadlineMs, request }: Following & { waitPath: string },
): Promise<string> {
  try {
    // The daemon flushes its headers at once and stays silent until the end.
    const reply = await client.transport.send({ method: "GET", path: waitPath, silenceMs: deadlineMs + 10_000 });
    return await reply.body.text();
  } catch (error) {
    throw lost(client.transport.explain(error, request).details.why, request);
  }
}

async function isRunning(client: Client, id: string): Promise<boolean> {
  const found = await client.find(path("operations", id), operationSchema);
  return found !== undefined && found.value.status_code < succeeded;
}

/** What the daemons' texts leave out. Those of unpacking and packing begin with such a word themselves. */
const words: Record<string, string> = {
  download_progress: "downloading ",
  fs_progress: "copying ",
  block_progress: "copying ",
};

/** The daemons tell progress as texts under keys of their own that end alike; one operation may have several. */
export function describeProgress(metadata: Record<string, unknown>): string {
  return Object.entries(metadata)
    .flatMap(([key, value]) =>
      key.endsWith("_progress") && typeof value === "string" && value !== "" ? [(words[key] ?? "") + value] : [],
    )
    .join(", ");
}

async function watch(client: Client, id: string, report: (text: string) => void, signal: AbortSignal): Promise<void> {
  while (await pause(progressIntervalMs, signal)) {
    try {
      const found = await client.find(path("operations", id), operationSchema);
      const text = describeProgress(found?.value.metadata ?? {});
      if (text !== "") report(text);
    } catch {
      // Progress is a courtesy: whatever is wrong, the wait beside it tells.
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

function late(request: FailedRequest, timeoutS: number): LxdError {
  return new LxdError({ code: "timeout", why: `the daemon was not done after ${timeoutS} s and works on`, request });
}

function lost(why: string, request: FailedRequest): LxdError {
  return new LxdError({ code: "unavailable", why: `${why}; how the operation ended is not known`, request });
}
