// The cluster member that a machine belongs to: while that one is evacuated, another has the machine.
import { type WireInstance } from "../../lxd/api/instance/instances";

/** Where the daemons bring it back to when the member is restored. */
const originKey = "volatile.evacuate.origin";

export function clusterLocation({ location, config }: Pick<WireInstance, "location" | "config">): string {
  return config?.[originKey] ?? location;
}

/** Whether a machine is on this member, or will be again. */
export function isAt(wire: Pick<WireInstance, "location" | "config">, member: string): boolean {
  return member === wire.location || member === clusterLocation(wire);
}
