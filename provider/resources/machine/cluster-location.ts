// Determines the cluster member that an instance belongs to, even while it is evacuated to another member.
import { type WireInstance } from "../../lxd/api/instance/instances";

/** The member to which the daemons return the instance when that member is restored. */
const originKey = "volatile.evacuate.origin";

export function clusterLocation({ location, config }: Pick<WireInstance, "location" | "config">): string {
  return config?.[originKey] ?? location;
}

/** Whether an instance is on this member or will return to it. */
export function isAt(wire: Pick<WireInstance, "location" | "config">, member: string): boolean {
  return member === wire.location || member === clusterLocation(wire);
}
