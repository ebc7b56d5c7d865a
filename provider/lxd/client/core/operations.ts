// Follows a background operation of the daemon to its end, with a deadline, in both forms that servers report a failure.
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
  /** Told how far the daemon is, if it says so. */
  onProgress?: ((text: string) => void) | undefined;
}

/** Codes below are of operations that go on, codes above of those that have failed. */
export const succeeded = 200;
const progressIntervalMs = 1000;
/** Waits are renewed this often, so that one whose connection is dead does not last until the deadline. */
const longPollMs = 30_000;
const graceMs = 15_000;
const pauseMs = 100;

/** Resolves with the finished operation; rejects with the daemon's words if it failed, or when the deadline passes. */
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
  const pause = (ms: number): Promise<void> => client.pause(ms);
  // The pause is for a server that does not wait as long as it is asked to.
  const ended = await poll({ pause, everyMs: pauseMs, withinMs: deadlineMs }, async (leftMs) => {
    const operation = await look(client, id, { request, timeoutMs: Math.min(Math.max(0, leftMs), longPollMs) });
    return operation.status_code >= succeeded ? operation : undefined;
  });
  if (ended === undefined) throw late(request, Math.max(1, Math.ceil(deadlineMs / 1000)));
  if (ended.status_code > succeeded) throw refusal(ended.err || "the operation was cancelled", 500, request);
  return ended;
}

/** The operation when it has ended, or after a while as it is then. */
async function look(
  client: Requests,
  id: string,
  { request, timeoutMs }: { request: FailedRequest; timeoutMs: number },
): Promise<WireOperation> {
  const timeout = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  // The daemon flushes its headers at once and stays silent until the end.
  const limits = { silenceMs: timeoutMs + graceMs, isLong: true };
  try {
    return (await client.get(`${path("operations", id)}/wait`, operationSchema, { timeout }, limits)).value;
  } catch (thrown) {
    if (isCode(thrown, "cancelled")) throw thrown;
    const { why, request: answered } = LxdError.from(thrown).details;
    // Repeated in vain, or the daemon is another one since: its restart ends all operations and forgets them.
    if (answered?.status === undefined || isForgotten(thrown)) throw lost(why, request);
    // The older form of the wait says with the same words that *it* ran out of time.
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

/** Finished operations are forgotten after some seconds: what this one came to, it took along. */
function isForgotten(error: unknown): boolean {
  return isCode(error, "not-found") && error.details.why === "Operation not found";
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

async function watch(client: Requests, id: string, report: (text: string) => void, signal: AbortSignal): Promise<void> {
  while (await pause(progressIntervalMs, signal)) {
    try {
      const found = await client.find(path("operations", id), operationSchema, {}, { isOptional: true });
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
  return new LxdError({
    code: "timeout",
    why: `the daemon did not finish within ${timeoutS} s and is still working`,
    request,
  });
}

function lost(why: string, request: FailedRequest): LxdError {
  return new LxdError({ code: "unavailable", why: `${why}; the result of the operation is unknown`, request });
}
