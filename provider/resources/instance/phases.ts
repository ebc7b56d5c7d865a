// The remaining steps of a new instance, stored on the instance itself.
import { type InstanceInputs } from "./schema";

/**
 * The current step of a new instance, stored until all are done: the boot command; the waits up to the last power-off,
 * which need the installation media; the remaining waits; the first power state.
 */
export type Pending = "boot" | "wait" | "online" | "power";

export function firstPhase({ waitFor, power, bootCommand }: InstanceInputs): Pending | undefined {
  if (bootCommand.length > 0) return "boot";
  if (waitFor.length > 0) return "wait";
  return power === "initial" ? "power" : undefined;
}

/** How many waits are done once the instance has powered itself off for the last time; all, if it never does. */
export function installationWaits({ waitFor: waits }: InstanceInputs): number {
  const last = waits.findLastIndex((wait) => wait.condition === "powered-off");
  return last < 0 ? waits.length : last + 1;
}
