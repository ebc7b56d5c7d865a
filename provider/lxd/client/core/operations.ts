// Follows a background operation to its end, with a deadline, and handles both forms in which servers report failures.
import { setTimeout as sleep } from "node:timers/promises";
import { poll } from "../../../base/poll";
import { type FailedRequest, isCode, LxdError } from "../../../base/errors";
import { operationSchema, refusal, type WireOperation } from "./envelope";
import { path } from "../transport/paths";
import { type Requests } from "./requests";

export interface Following {
  /** The request that started the operation, for error messages. */
  request: FailedRequest;
  deadlineMs: number;
  /** Called with the server's progress, if it reports any. */
  onProgress?: ((text: string) => void) | undefined;
}

/** Lower codes mean that an operation is running, higher codes that it has failed. */
export const succeeded = 200;
const progressIntervalMs = 1000;
/** Renews waits at this interval, so that a dead connection does not last until the deadline. */
const longPollMs = 30_000;
const graceMs = 15_000;
const pauseMs = 100;

/**
 * Resolves with the finished operation. Rejects with the server's error if it failed, or if the deadline is exceeded.
 */
export async function follow(client: Requests, id: string, following: Following): Promise<WireOperation> {
  const done = new AbortController();
  const progress = following.onProgress ? watch(client, id, following.onProgress, done.signal) : undefined;
  try {
    return await wait(client, id, following);
  } finally {
    done.abort();
    await progress;
  }
}

async function wait(client: Requests, id: string, { request, deadlineMs }: Following): Promise<WireOperation> {
  // The pause is for servers that return from a wait early.
  const ended = await poll({ client, everyMs: pauseMs, withinMs: deadlineMs }, async (leftMs) => {
    const operation = await look(client, id, { request, timeoutMs: Math.min(Math.max(0, leftMs), longPollMs) });
    return operation.status_code >= succeeded ? operation : undefined;
  });
  if (ended === undefined) throw late(request, Math.max(1, Math.ceil(deadlineMs / 1000)));
  if (ended.status_code > succeeded) throw refusal(ended.err || "the operation was cancelled", 500, request);
  return ended;
}

/** Returns the operation when it has ended, or its current state after a while. */
async function look(
  client: Requests,
  id: string,
  { request, timeoutMs }: { request: FailedRequest; timeoutMs: number },
): Promise<WireOperation> {
  const timeout = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  // The server sends its headers at once and then nothing until the end.
  const limits = { silenceMs: timeoutMs + graceMs, isLong: true };
  try {
    return (await client.get(`${path("operations", id)}/wait`, operationSchema, { timeout }, limits)).value;
  } catch (thrown) {
    if (isCode(thrown, "cancelled")) throw thrown;
    const { why, request: answered } = LxdError.from(thrown).details;
    // The request was retried in vain, or the server has restarted, which ends and forgets all operations.
    if (answered?.status === undefined || isForgotten(thrown)) throw lost(why, request);
    // The older wait API uses the same words when the wait itself has timed out.
    if (why === "context deadline exceeded") return lookAt(client, id, request);
    throw refusal(why, answered.status, request);
  }
}

async function lookAt(client: Requests, id: string, request: FailedRequest): Promise<WireOperation> {
  try {
    return (await client.get(path("operations", id), operationSchema)).value;
  } catch (thrown) {
    if (isCode(thrown, "cancelled")) throw thrown;
    throw lost(LxdError.from(thrown).details.why, request);
  }
}

/** Servers forget finished operations after some seconds, and their results with them. */
function isForgotten(error: unknown): boolean {
  return isCode(error, "not-found") && error.details.why === "Operation not found";
}

/** Words that the servers' texts omit. The texts for unpacking and packing already begin with one. */
const words: Record<string, string> = {
  download_progress: "downloading ",
  fs_progress: "copying ",
  block_progress: "copying ",
};

/** Servers report progress as text under various keys with a common suffix; one operation may have several. */
export function describeProgress(metadata: Record<string, unknown>): string {
  return Object.entries(metadata)
    .flatMap(([key, value]) =>
      key.endsWith("_progress") && typeof value === "string" && value !== "" ? [(words[key] ?? "") + value] : [],
    )
    .join(", ");
}

async function watch(client: Requests, id: string, report: (text: string) => void, signal: AbortSignal): Promise<void> {
  while (await pause(progressIntervalMs, signal)) {
    try {
      const found = await client.find(path("operations", id), operationSchema, {}, { isOptional: true });
      const text = describeProgress(found?.value.metadata ?? {});
      if (text !== "") report(text);
    } catch {
      // Progress is optional: the concurrent wait reports all errors.
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

function late(request: FailedRequest, timeoutS: number): LxdError {
  return new LxdError({
    code: "timeout",
    why: `the daemon did not finish within ${timeoutS} s and is still working`,
    request,
  });
}

function lost(why: string, request: FailedRequest): LxdError {
  return new LxdError({ code: "unavailable", why: `${why}; the result of the operation is unknown`, request });
}
