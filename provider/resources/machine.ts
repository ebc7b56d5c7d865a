// The instance that a resource is about: by its name, and by when it was made, which tells a new one of the same name.
import { findInstance, type InstanceAddress, type WireInstance } from "../api/instances";
import { type Client } from "../client/client";
import { LxdError } from "../errors";
import { type Cost } from "../kind";

export interface MachineInputs {
  /** The instance's name. */
  instance: string;
  /** When it was made, if the program has it as a resource. */
  machine?: string | undefined;
}

export async function requireMachine(client: Client, at: InstanceAddress): Promise<WireInstance> {
  const found = await findInstance(client, at);
  if (found !== undefined) return found.value;
  const why = `there is no instance "${at.name}" in project ${at.project}`;
  const advice = "Name one that exists, or pass the Instance of this program, which is made first.";
  throw new LxdError({ code: "not-found", why, advice });
}

/**
 * Another name of the same machine is a rename; the same name of another machine is not the same. One that a preview does
 * not know is still to be made: of one that changes in place it knows when it was made.
 */
export function machineCost(olds: MachineInputs, news: MachineInputs): Cost {
  if (news.machine !== undefined && olds.machine !== undefined) {
    return olds.machine === news.machine ? "update" : "replace";
  }
  return olds.instance === news.instance ? "ignore" : "replace";
}
