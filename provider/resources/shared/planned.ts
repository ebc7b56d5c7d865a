// Tracks the projects and storage pools that the current run is going to create.
//
// The engine checks a project before the resources in it, and passes its name on during the preview. Until the project
// exists, the daemon cannot answer questions about it.
import { type Client } from "../../lxd/client/core/client";
import { type CommonInputs, type PartialInputs } from "../../kind/kind";

const planned = new Set<string>();

/** `kindName` and `id` as in messages: `storage pool`, `fast`. */
export function plan(client: Client, kindName: string, id: string): void {
  planned.add(keyOf(client, kindName, id));
}

/** Called once the object exists or its create was attempted: from then on the daemon is asked. */
export function unplan(client: Client, kindName: string, id: string): void {
  planned.delete(keyOf(client, kindName, id));
}

export function isPlanned(client: Client, kindName: string, id: string | undefined): boolean {
  return id !== undefined && planned.has(keyOf(client, kindName, id));
}

/** Whether the object's project or pool is still to be created, so that the daemon cannot be asked about the object. */
export function isPlacePlanned(
  client: Client,
  { project, pool }: PartialInputs<CommonInputs & { pool: string }>,
): boolean {
  return isPlanned(client, "project", project) || isPlanned(client, "storage pool", pool);
}

function keyOf(client: Client, kindName: string, id: string): string {
  return `${client.transport.place} ${kindName} ${id}`;
}
