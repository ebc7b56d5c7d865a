// Resizes root disks of virtual machines: online if the pool's driver supports it, otherwise at the next start.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { findPool } from "../../../lxd/api/storage/pools";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { type Failure } from "../../../kind/kind";
import { isUnknown } from "../../../kind/unknowns";
import { parseSize } from "../../../kind/units";
import { restartAdvice, staysOn } from "../../machine/restart-policy";
import { isRunning } from "../../machine/power";
import { type PartialInstanceInputs } from "../schema";
import { rootOf, rootPoolOf } from "../../machine/settings";

/**
 * Drivers that defer the resize of a running instance's disk ("We don't allow online resizing of block volumes"), on
 * both servers.
 */
const deferringDrivers = ["dir", "btrfs", "ceph"];

/** Preview failures for a disk that would shrink, or that would have to grow under an instance that stays on. */
export async function sizeFailures(
  client: Client,
  wire: WireInstance,
  inputs: PartialInstanceInputs,
): Promise<Failure[]> {
  const size = inputs.rootDisk?.size;
  if (wire.type !== "virtual-machine" || size === undefined || isUnknown(size)) return [];
  const property = "rootDisk.size";
  const now = rootOf(wire)?.[1]["size"];
  const [nowBytes, thenBytes] = [now, size].map((text) => (text === undefined ? undefined : parseSize(text)));
  if (nowBytes === undefined || thenBytes === undefined || thenBytes === nowBytes) return [];
  if (thenBytes < nowBytes) {
    // Shrinking would lose data, so the daemons refuse it.
    return [{ property, reason: `a root disk cannot shrink: its size is ${now ?? ""}; set that size or a larger one` }];
  }
  if (inputs.allowRestart === true || !staysOn(wire, inputs)) return [];
  const driver = (await findPool(client, rootPoolOf(wire) ?? ""))?.driver;
  if (driver === undefined || !deferringDrivers.includes(driver)) return [];
  return [
    { property, reason: `cannot grow while the machine runs, in a pool of the driver ${driver}; ${restartAdvice}` },
  ];
}

/** Whether a running instance gets the new disk size only at its next start; the daemons record this. */
export function isResizeDeferred(wire: WireInstance): boolean {
  if (wire.type !== "virtual-machine" || !isRunning(wire)) return false;
  const [name = ""] = rootOf(wire) ?? [];
  return (wire.config?.[`volatile.${name}.apply_quota`] ?? "") !== "";
}

export function deferredResize(): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: "rootDisk.size: the server gives the machine the larger disk at its next start only",
    advice: "Set allowRestart: true to allow a restart for this, or restart it manually.",
  });
}
