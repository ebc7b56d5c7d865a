// Background operations of the server: finds and awaits those that another run has started and that may still be
// running.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { operationSchema } from "../client/core/envelope";
import { follow, succeeded } from "../client/core/operations";
import { path } from "../client/transport/paths";
import { type ErrorCode, isCode, LxdError } from "../../base/errors";

const listedSchema = operationSchema.extend({
  description: z.string().default(""),
  created_at: z.string().default(""),
});
type ListedOperation = z.output<typeof listedSchema>;
const listSchema = z.record(z.string(), z.array(listedSchema).nullish()).nullish();

/** Interactive sessions on a running instance; they block nothing and may last for days. */
const sessions = ["Executing command", "Showing console"];

/** Errors of a wait that did not see the end. */
const unsettled: readonly ErrorCode[] = ["unavailable", "timeout", "cancelled"];

/**
 * How the last operation on an instance ended, as far as the server still knows: it soon forgets finished operations.
 */
export type Outcome = "succeeded" | "failed" | "unknown";

/** Waits for operations on an instance. Returns whether there were any. */
export async function settleInstance(client: Client, at: Instance, deadlineMs: number): Promise<boolean> {
  return (await follows(client, await listOf(client, at, busy), deadlineMs)).length > 0;
}

/**
 * Waits for operations on an instance and returns how the last one ended; if none is running, how a recent one ended.
 */
export async function outcomeOf(client: Client, at: Instance, deadlineMs: number): Promise<Outcome> {
  const operations = await listOf(client, at, /running|pending|^success$|^failure$/);
  const unfinished = operations.filter(({ status_code: code }) => code < succeeded);
  const ended = await follows(client, unfinished, deadlineMs);
  if (ended.length > 0) return ended.at(-1) ?? "unknown";
  if (operations.some(({ status_code: code }) => code === succeeded)) return "succeeded";
  return operations.length > 0 ? "failed" : "unknown";
}

/**
 * Tests whether somebody has made the server stop an instance since a point in time. Servers forget operations some
 * seconds after their end. A shutdown initiated by the guest is not an operation.
 */
export async function wasStopped(client: Client, at: Instance, since: string): Promise<boolean> {
  const operations = await listOf(client, at, /running|pending|success/);
  return operations.some(
    ({ description, created_at: begun }) =>
      description.startsWith("Stopping instance") && Date.parse(begun) > Date.parse(since),
  );
}

interface Instance {
  project: string;
  name: string;
}

const busy = /running|pending/;

async function listOf(client: Client, { project, name }: Instance, status: RegExp): Promise<ListedOperation[]> {
  const operations = await listOperations(client, project, status);
  return operations.filter(({ resources, metadata, description }) => {
    const entity = metadata?.["entity_url"];
    const urls = [...Object.values(resources ?? {}).flat(), ...(typeof entity === "string" ? [entity] : [])];
    return !sessions.includes(description) && urls.some((url) => isInstance(url, name));
  });
}

async function follows(client: Client, operations: ListedOperation[], deadlineMs: number): Promise<Outcome[]> {
  const request = { method: "GET", path: path("operations") };
  const outcomes: Outcome[] = [];
  for (const { id } of operations) {
    const ended = follow(client, id, { request, deadlineMs }).then(
      (): Outcome => "succeeded",
      (error: unknown): Outcome => {
        if (!(error instanceof LxdError) || unsettled.includes(error.code)) throw error;
        // It failed, or ended before the wait began.
        return isCode(error, "not-found") ? "unknown" : "failed";
      },
    );
    outcomes.push(await ended);
  }
  return outcomes;
}

/** `container` on Incus and LXD 5.0, `instance` on newer LXD. */
const packing = /^create_image_from_(container|instance)_pack_progress$/;

/**
 * Waits until the server packs no image. Operations do not name the instance, and the server packs one at a time
 * anyway.
 */
export async function settlePacking(client: Client, project: string, deadlineMs: number): Promise<void> {
  const request = { method: "GET", path: path("operations") };
  for (const { id, metadata } of await listOperations(client, project, busy)) {
    if (!Object.keys(metadata ?? {}).some((key) => packing.test(key))) continue;
    await follow(client, id, { request, deadlineMs }).catch((error: unknown) => {
      if (!(error instanceof LxdError) || isCode(error, "timeout") || isCode(error, "cancelled")) throw error;
    });
  }
}

/** Waits until no volume of a project is being moved: operations do not name the volume. */
export async function settleVolumeMoves(client: Client, project: string, deadlineMs: number): Promise<void> {
  const operations = await listOperations(client, project, busy);
  const moves = operations.filter(({ description }) => description === "Moving storage volume");
  await follows(client, moves, deadlineMs);
}

async function listOperations(client: Client, project: string, desired: RegExp): Promise<ListedOperation[]> {
  const query = { project, recursion: "1" };
  const byStatus = (await client.get(path("operations"), listSchema, query)).value ?? {};
  return Object.entries(byStatus).flatMap(([status, list]) => (desired.test(status) ? (list ?? []) : []));
}

/** Matches `/1.0/instances/web?project=p`; older servers use `containers` too. */
function isInstance(url: string, name: string): boolean {
  const [, , kind = "", found = ""] = (url.split("?")[0] ?? "").split("/");
  return /^(instances|containers|virtual-machines)$/.test(kind) && decodeURIComponent(found) === name;
}
