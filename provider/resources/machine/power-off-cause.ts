// Who has switched a machine off: its guest, which ends an installation, or somebody from outside, which does not.
import { readMonitorLog } from "../../lxd/api/instance/instance-logs";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { wasStopped } from "../../lxd/api/operations";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";

export type Cause = "guest" | "outside" | "unknown";

/** Of a machine that nobody has watched. `wire`: as it was found just now, off. */
export async function causeOf(client: Client, at: InstanceAddress, wire: WireInstance): Promise<Cause> {
  if (await wasStopped(client, at, wire.last_used_at)) return "outside";
  const log = wire.type === "virtual-machine" ? await readMonitorLog(client, at) : undefined;
  if (log === undefined) return "unknown";
  // When the host goes down, nobody is left to note that the machine is off.
  const wentDown = wire.config?.["volatile.last_state.power"] !== "STOPPED";
  return wentDown || orders.test(log) ? "outside" : "guest";
}

/** Newer servers send `quit` to a QEMU that is gone already, too; that one is not answered. */
const orders = /"execute":\s*"(system_powerdown"|quit".*\n\[[^\]]*\] REPLY:)/;

/** For so long servers surely list an operation that has ended. */
const listedForMs = 4000;

/** Fails if a machine that was seen running `sinceMs` ago was stopped from outside. */
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
  /** The machine, off. */
  wire: WireInstance;
  sinceMs: number;
}
