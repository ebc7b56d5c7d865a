// What this run is going to make, as far as its preview has got: what is not there yet, but will be in time.
//
// The engine checks a project before what is made in it, and hands its name on in the preview already. Questions about
// such a place have no answer yet.
import { type Client } from "../../lxd/client/core/client";
import { type CommonInputs, type PartialInputs } from "../../kind/kind";

const planned = new Set<string>();

/** `kind` and `id` as in messages: `storage pool`, `fast`. */
export function plan(client: Client, kindName: string, id: string): void {
  planned.add(keyOf(client, kindName, id));
}

/** It is there, or has been tried: from now on the daemon is asked. */
export function unplan(client: Client, kindName: string, id: string): void {
  planned.delete(keyOf(client, kindName, id));
}

export function isPlanned(client: Client, kindName: string, id: string | undefined): boolean {
  return id !== undefined && planned.has(keyOf(client, kindName, id));
}

/** Whether the daemon cannot be asked about the place of an object, since the place itself is still to be made. */
export function isPlacePlanned(
  client: Client,
  { project, pool }: PartialInputs<CommonInputs & { pool: string }>,
): boolean {
  return isPlanned(client, "project", project) || isPlanned(client, "storage pool", pool);
}

function keyOf(client: Client, kindName: string, id: string): string {
  return `${client.transport.place} ${kindName} ${id}`;
}
