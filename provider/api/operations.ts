// The daemon's background operations, as a list: what another run has begun and may not have ended.
import { z } from "zod";
import { type Client } from "../client/client";
import { operationSchema } from "../client/envelope";
import { follow } from "../client/operations";
import { path } from "../client/paths";
import { type ErrorCode, isCode, LxdError } from "../errors";

const listedSchema = operationSchema.extend({ description: z.string().default("") });
type ListedOperation = z.output<typeof listedSchema>;
const listSchema = z.record(z.string(), z.array(listedSchema).nullish()).nullish();

/** What people do with a running machine; it excludes nothing, and may last for days. */
const sessions = ["Executing command", "Showing console"];

/** Errors of a wait that has not seen the end. */
const unsettled: readonly ErrorCode[] = ["unavailable", "timeout", "cancelled"];

/**
 * Waits for what is being done to an instance. How that ends is seen by looking at the instance afterwards. Returns whether
 * there was anything.
 */
export async function settleInstance(
  client: Client,
  { project, name }: { project: string; name: string },
  deadlineMs: number,
): Promise<boolean> {
  const request = { method: "GET", path: path("operations") };
  let isBusy = false;
  for (const { id, resources, metadata, description } of await listBusy(client, project)) {
    if (sessions.includes(description)) continue;
    const entity = metadata?.["entity_url"];
    const urls = [...Object.values(resources ?? {}).flat(), ...(typeof entity === "string" ? [entity] : [])];
    if (!urls.some((url) => isInstance(url, name))) continue;
    isBusy = true;
    await follow(client, id, { request, deadlineMs }).catch((error: unknown) => {
      // It failed, or was over before it could be waited for.
      if (!(error instanceof LxdError) || unsettled.includes(error.code)) throw error;
    });
  }
  return isBusy;
}

/** `container` from Incus and LXD 5.0, `instance` from newer LXD. */
const packing = /^create_image_from_(container|instance)_pack_progress$/;

/** Waits until the daemon packs no image any more: it does not say of which instance, and packs one at a time anyway. */
export async function settlePacking(client: Client, project: string, deadlineMs: number): Promise<void> {
  const request = { method: "GET", path: path("operations") };
  for (const { id, metadata } of await listBusy(client, project)) {
    if (!Object.keys(metadata ?? {}).some((key) => packing.test(key))) continue;
    await follow(client, id, { request, deadlineMs }).catch((error: unknown) => {
      if (!(error instanceof LxdError) || isCode(error, "timeout") || isCode(error, "cancelled")) throw error;
    });
  }
}

async function listBusy(client: Client, project: string): Promise<ListedOperation[]> {
  const query = { project, recursion: "1" };
  const byStatus = (await client.get(path("operations"), listSchema, query)).value ?? {};
  return Object.entries(byStatus).flatMap(([status, list]) => (/running|pending/.test(status) ? (list ?? []) : []));
}

/** `/1.0/instances/web?project=p`; older servers say `containers` too. */
function isInstance(url: string, name: string): boolean {
  const [, , kind = "", found = ""] = (url.split("?")[0] ?? "").split("/");
  return /^(instances|containers|virtual-machines)$/.test(kind) && decodeURIComponent(found) === name;
}
