// The daemon's background operations, as a list: what another run has begun and may not have ended.
import { z } from "zod";
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

/** What people do with a running machine; it excludes nothing, and may last for days. */
const sessions = ["Executing command", "Showing console"];

/** Errors of a wait that has not seen the end. */
const unsettled: readonly ErrorCode[] = ["unavailable", "timeout", "cancelled"];

/** How the last operation on an instance ended, as far as the server still knows it: finished ones are soon forgotten. */
export type Outcome = "succeeded" | "failed" | "unknown";

/** Waits for what is being done to an instance. Returns whether there was anything. */
export async function settleInstance(client: Client, at: Instance, deadlineMs: number): Promise<boolean> {
  return (await follows(client, await listOf(client, at, busy), deadlineMs)).length > 0;
}

/** Waits for what is being done to an instance, and tells how that ended, or what was done just now. */
export async function outcomeOf(client: Client, at: Instance, deadlineMs: number): Promise<Outcome> {
  const operations = await listOf(client, at, /running|pending|^success$|^failure$/);
  const unfinished = operations.filter(({ status_code: code }) => code < succeeded);
  const ended = await follows(client, unfinished, deadlineMs);
  if (ended.length > 0) return ended.at(-1) ?? "unknown";
  if (operations.some(({ status_code: code }) => code === succeeded)) return "succeeded";
  return operations.length > 0 ? "failed" : "unknown";
}

/**
 * Whether somebody has had the server stop an instance since some moment, as far as the server has not forgotten it: it
 * does so some seconds after the end. What a guest does of its own accord is no operation.
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
        // It failed, or was over before it could be waited for.
        return isCode(error, "not-found") ? "unknown" : "failed";
      },
    );
    outcomes.push(await ended);
  }
  return outcomes;
}

/** `container` from Incus and LXD 5.0, `instance` from newer LXD. */
const packing = /^create_image_from_(container|instance)_pack_progress$/;

/** Waits until the daemon packs no image any more: it does not say of which instance, and packs one at a time anyway. */
export async function settlePacking(client: Client, project: string, deadlineMs: number): Promise<void> {
  const request = { method: "GET", path: path("operations") };
  for (const { id, metadata } of await listOperations(client, project, busy)) {
    if (!Object.keys(metadata ?? {}).some((key) => packing.test(key))) continue;
    await follow(client, id, { request, deadlineMs }).catch((error: unknown) => {
      if (!(error instanceof LxdError) || isCode(error, "timeout") || isCode(error, "cancelled")) throw error;
    });
  }
}

/** Waits until no volume of a project is moved any more: the daemon does not say of which volume an operation is. */
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

/** `/1.0/instances/web?project=p`; older servers say `containers` too. */
function isInstance(url: string, name: string): boolean {
  const [, , kind = "", found = ""] = (url.split("?")[0] ?? "").split("/");
  return /^(instances|containers|virtual-machines)$/.test(kind) && decodeURIComponent(found) === name;
}
