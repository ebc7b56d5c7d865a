// The instance that a resource is about: by its name, and by when it was made, which tells a new one of the same name.
import { findInstance, type InstanceAddress, type WireInstance } from "../api/instances";
import { type Client } from "../client/client";
import { LxdError } from "../errors";
import { type Cost } from "../kind";
import { isUnknown } from "../unknowns";

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

/** Another name of the same machine is a rename; the same name of another machine is not the same. */
export function machineCost(olds: MachineInputs, news: MachineInputs): Cost {
  const isKnown = news.machine !== undefined && olds.machine !== undefined && !isUnknown(news.machine);
  if (isKnown) return olds.machine === news.machine ? "update" : "replace";
  if (olds.instance !== news.instance) return "replace";
  // In a preview the machine is unknown while it is changed, which mostly leaves it the same.
  return isUnknown(news.machine) ? "update" : "ignore";
}
