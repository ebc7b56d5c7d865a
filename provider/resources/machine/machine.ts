// Finds the instance that a resource refers to, by name and by an identity that survives renames.
import { type InstanceFound, isSameInstance, locateInstance } from "../../lxd/api/instance/instance-identity";
import { type InstanceAddress } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type Cost } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";

export interface MachineInputs {
  /** The instance's name. */
  instance: string;
  /** Its identity, if the instance is a resource of the program. The underscores hide it from previews. */
  __instance?: string | undefined;
}

type MachineAt = MachineInputs & { project: string };

export function addressOfMachine({ project, instance }: MachineAt): InstanceAddress {
  return { project, name: instance };
}

export function findMachine(client: Client, at: MachineAt): Promise<InstanceFound | undefined> {
  return locateInstance(client, addressOfMachine(at), at.__instance);
}

export async function requireMachine(client: Client, at: MachineAt): Promise<InstanceFound> {
  const found = await findMachine(client, at);
  if (found !== undefined) return found;
  const why = `there is no instance "${at.instance}" in project ${at.project}`;
  const advice = "Name one that exists, or pass the Instance of this program, which is created first.";
  throw new LxdError({ code: "not-found", why, advice });
}

/**
 * A different name with the same identity is a rename; the same name with a different identity is another instance. An
 * identity that is unknown in a preview belongs to an instance still to be created, since an in-place update keeps it
 * known.
 */
export function machineCost(olds: MachineInputs, news: MachineInputs): Cost {
  const [before, after] = [olds.__instance, news.__instance];
  // State of schema 0 has no instance identity that a preview could know.
  const isOld = before?.startsWith("@") === true && isUnknown(after);
  if (before !== undefined && after !== undefined && !isOld) {
    if (isUnknown(after) || !isSameInstance(before, after)) return "replace";
    return olds.instance === news.instance ? "ignore" : "update";
  }
  return olds.instance === news.instance ? "ignore" : "replace";
}

/** State of schema 0 stores the instance's creation time under another name. */
export function withInstanceIdentity(state: Record<string, unknown>): Record<string, unknown> {
  const { machine, ...rest } = state;
  return typeof machine === "string" ? { ...rest, __instance: `@${machine}` } : rest;
}
