// Determines what powered an instance off: its guest, which ends an installation, or an outside request, which does
// not.
import { readMonitorLog } from "../../lxd/api/instance/instance-logs";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { wasStopped } from "../../lxd/api/operations";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";

export type Cause = "guest" | "outside" | "unknown";

/** For an instance that was not observed while running. `wire`: the instance as just read, stopped. */
export async function causeOf(client: Client, at: InstanceAddress, wire: WireInstance): Promise<Cause> {
  if (await wasStopped(client, at, wire.last_used_at)) return "outside";
  const log = wire.type === "virtual-machine" ? await readMonitorLog(client, at) : undefined;
  if (log === undefined) return "unknown";
  // When the host goes down, the daemon does not record that the instance stopped.
  const wentDown = wire.config?.["volatile.last_state.power"] !== "STOPPED";
  return wentDown || orders.test(log) ? "outside" : "guest";
}

/** Newer servers also send `quit` to a QEMU process that has already exited; that command gets no reply. */
const orders = /"execute":\s*"(system_powerdown"|quit".*\n\[[^\]]*\] REPLY:)/;

/** How long servers reliably list a finished operation. */
const listedForMs = 4000;

/** Throws if an instance that was running `sinceMs` ago was stopped from outside. */
export async function requireGuests(client: Client, at: InstanceAddress, seen: Sighting): Promise<void> {
  const { wire, sinceMs } = seen;
  const isOutside =
    sinceMs < listedForMs
      ? await wasStopped(client, at, wire.last_used_at)
      : (await causeOf(client, at, wire)) === "outside";
  if (!isOutside) return;
  const why =
    "waiting for powered-off: the machine was stopped from outside, not by its guest, so what it was installing may be half done";
  throw new LxdError({ code: "failed", why, advice: "The next `pulumi up` starts it from the beginning." });
}

export interface Sighting {
  /** The instance, stopped. */
  wire: WireInstance;
  sinceMs: number;
}
