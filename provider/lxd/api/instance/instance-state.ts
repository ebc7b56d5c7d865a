// Runtime state of instances; starts and stops them.
import * as z from "zod";
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

const stateSchema = z.object({
  status_code: z.number(),
  /** -1 for a virtual machine whose agent does not answer. */
  processes: z.number().default(-1),
  network: z
    .record(
      z.string(),
      z.object({
        type: z.string().default(""),
        addresses: z.array(z.object({ family: z.string(), address: z.string(), scope: z.string() })).nullish(),
      }),
    )
    .nullish(),
});
export type WireState = z.output<typeof stateSchema>;

/** Returns the runtime state, including the network as far as the server sees it. */
export async function findState(client: Client, at: InstanceAddress): Promise<WireState | undefined> {
  try {
    return (await client.find(path("instances", at.name, "state"), stateSchema, { project: at.project }))?.value;
  } catch (error) {
    if (isCode(error, "failed") && endingJustNow.test(error.details.why)) return undefined;
    throw error;
  }
}

/** The message of Incus for a virtual machine whose process is just writing or removing its PID file. */
const endingJustNow = /^Invalid PID /;

export interface StateChange {
  action: "start" | "stop";
  /** How long a clean shutdown may take; without it, the stop is forced. */
  timeoutMs?: number;
}

export async function changeState(client: Client, at: InstanceAddress, change: StateChange): Promise<void> {
  const { action, timeoutMs } = change;
  const json =
    timeoutMs === undefined
      ? { action, force: action === "stop" }
      : { action, force: false, timeout: Math.ceil(timeoutMs / 1000) };
  const deadlineMs = (timeoutMs ?? 60_000) + 60_000;
  const query = { project: at.project };
  const request = { method: "PUT", path: path("instances", at.name, "state"), query, json, deadlineMs } as const;
  await client.change({ ...request, isUpToGuest: timeoutMs !== undefined });
}
