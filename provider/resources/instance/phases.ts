// What is still to be done with a new machine, as it is noted on the machine itself.
import { type InstanceInputs } from "./schema";

/**
 * What is kept on a new machine until it is done: first the keys that are typed when it boots, then the waits up to the
 * last power-off, for which it needs its installation media, then the others, then its first power state.
 */
export type Pending = "boot" | "wait" | "online" | "power";

export function firstPhase({ waitFor, power, bootCommand }: InstanceInputs): Pending | undefined {
  if (bootCommand.length > 0) return "boot";
  if (waitFor.length > 0) return "wait";
  return power === "initial" ? "power" : undefined;
}

/** How many of the waits are over when the machine has powered itself off for the last time; all, if it never does. */
export function installationWaits({ waitFor: waits }: InstanceInputs): number {
  const last = waits.findLastIndex((wait) => wait.condition === "powered-off");
  return last < 0 ? waits.length : last + 1;
}
