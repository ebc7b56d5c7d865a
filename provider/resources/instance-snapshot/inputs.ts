// Inputs of an instance snapshot, and what a change of each input requires.
import * as z from "zod";
import {
  type CheckContext,
  type CommonInputs,
  type Failure,
  type KindDefinition,
  type PartialInputs,
} from "../../kind/kind";
import { instant, name, scalar, strict } from "../../kind/schema";
import { isUnknown } from "../../kind/unknowns";
import { projectOf, remoteSchema } from "../shared/common";
import { machineCost, type MachineInputs } from "../machine/machine";

export interface SnapshotInputs extends CommonInputs, MachineInputs {
  name: string;
  stateful: boolean;
  /** An instant, or undefined for never. */
  expiresAt?: string | undefined;
  /** A changed value restores the instance to the snapshot. */
  restore?: string | number | boolean | undefined;
}

export interface SnapshotOutputs extends SnapshotInputs {
  createdAt: string;
}

export type PartialSnapshotInputs = PartialInputs<SnapshotInputs>;

const snapshotName = z.string().regex(/^(?!\.{1,2}$)[^\s/]{1,64}$/, {
  error: "must be 1 to 64 characters without spaces or slashes",
});

export const schema = strict({
  instance: name,
  __instance: z.string().optional(),
  name: snapshotName.optional(),
  stateful: z.boolean().optional(),
  expiresAt: instant.optional(),
  restore: scalar.optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<SnapshotInputs, SnapshotOutputs>["policies"] = {
  instance: machineCost,
  __instance: machineCost,
  project: "replace",
  name: "update",
  stateful: "replace",
  expiresAt: "update",
  restore: "update",
};

export function applyDefaults(inputs: PartialSnapshotInputs): PartialSnapshotInputs {
  return { ...inputs, stateful: inputs.stateful ?? false };
}

export function computeInputs({
  inputs,
  automaticName,
  config,
}: CheckContext<SnapshotInputs>): Promise<{ inputs: PartialSnapshotInputs; failures: Failure[] }> {
  const name = inputs.name ?? automaticName;
  const whole = { ...applyDefaults(inputs), project: projectOf(inputs, config), name };
  const isFine = inputs.name !== undefined || snapshotName.safeParse(name).success;
  const reason = `the resource's own name "${name}" is not a valid snapshot name; set \`name\``;
  return Promise.resolve({ inputs: whole, failures: isFine ? [] : [{ property: "name", reason }] });
}

/** Normalizes an instant; the daemons report the year 1 for never. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || isUnknown(text)) return text === "" ? undefined : text;
  const date = new Date(text);
  return date.getUTCFullYear() <= 1970 ? undefined : date.toISOString();
}

export function normalize(inputs: SnapshotInputs): SnapshotInputs {
  return { ...inputs, expiresAt: instantOf(inputs.expiresAt) };
}
