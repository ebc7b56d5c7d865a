// The instance that a resource is about: by its name, and by its identity, which follows renames and tells a new one apart.
import { type InstanceFound, isSameInstance, locateInstance } from "../../lxd/api/instance/instance-identity";
import { type InstanceAddress } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type Cost } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";

export interface MachineInputs {
  /** The instance's name. */
  instance: string;
  /** Its identity, if the program has it as a resource. The underscores keep it out of previews. */
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
 * Another name of the same machine is a rename; the same name of another machine is not the same. One that a preview does
 * not know is still to be made: of one that changes in place it knows the identity.
 */
export function machineCost(olds: MachineInputs, news: MachineInputs): Cost {
  const [before, after] = [olds.__instance, news.__instance];
  // The machine of a state of schema 0 has no identity yet that a preview could know.
  const isOld = before?.startsWith("@") === true && isUnknown(after);
  if (before !== undefined && after !== undefined && !isOld) {
    if (isUnknown(after) || !isSameInstance(before, after)) return "replace";
    return olds.instance === news.instance ? "ignore" : "update";
  }
  return olds.instance === news.instance ? "ignore" : "replace";
}

/** States of schema 0 know when the machine was made, under another name. */
export function withInstanceIdentity(state: Record<string, unknown>): Record<string, unknown> {
  const { machine, ...rest } = state;
  return typeof machine === "string" ? { ...rest, __instance: `@${machine}` } : rest;
}
