// Inputs of a command in a guest, and what a change of each input requires.
import * as z from "zod";
import {
  type CheckContext,
  type CommonInputs,
  type Failure,
  type KindDefinition,
  type PartialInputs,
} from "../../kind/kind";
import { duration, name, scalar, strict } from "../../kind/schema";
import { projectOf, remoteSchema, toStrings } from "../shared/common";
import { machineCost, type MachineInputs } from "../machine/machine";
import { isUnknown } from "../../kind/unknowns";

type Scalar = string | number | boolean;

export interface ExecInputs extends CommonInputs, MachineInputs {
  command: string[];
  onDelete?: string[] | undefined;
  environment: Record<string, string>;
  user?: number | undefined;
  group?: number | undefined;
  cwd?: string | undefined;
  timeout: string;
  triggers: Scalar[];
  /** The command's output. As inputs these are empty, and secret if any input of the command is secret. */
  stdout?: string | undefined;
  stderr?: string | undefined;
}

export interface ExecOutputs extends ExecInputs {
  exitCode: number;
}

const command = z
  .array(z.string(), {
    error: ({ input }) =>
      typeof input === "string"
        ? `must be a list of the program and its arguments; for a line of a shell use ["sh", "-c", ${JSON.stringify(input)}]`
        : undefined,
  })
  .min(1, { error: "must name a program" });
const id = z.int().min(0).optional();

export const schema = strict({
  instance: name,
  __instance: z.string().optional(),
  command,
  onDelete: command.optional(),
  environment: z.record(z.string(), scalar).optional(),
  user: id,
  group: id,
  cwd: name.optional(),
  timeout: duration.optional(),
  triggers: z.array(scalar).optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  project: name.optional(),
  remote: remoteSchema,
});

/** Inputs whose change runs the command again. */
export const rerunning = ["command", "environment", "user", "group", "cwd", "triggers"] as const;

export const policies: KindDefinition<ExecInputs, ExecOutputs>["policies"] = {
  instance: machineCost,
  __instance: machineCost,
  project: "replace",
  command: "update",
  environment: "update",
  user: "update",
  group: "update",
  cwd: "update",
  triggers: "update",
  // The delete reads these from the state, so a change must be stored.
  onDelete: "update",
  timeout: "update",
  stdout: "ignore",
  stderr: "ignore",
};

export function applyDefaults(inputs: PartialInputs<ExecInputs>): PartialInputs<ExecInputs> {
  const { environment, timeout = "5m", triggers = [] } = inputs;
  const normalized = isUnknown(environment) ? environment : toStrings(environment);
  return { ...inputs, environment: normalized, timeout, triggers };
}

export function computeInputs({
  inputs,
  config,
}: CheckContext<ExecInputs>): Promise<{ inputs: PartialInputs<ExecInputs>; failures: Failure[] }> {
  return Promise.resolve({ inputs: applyDefaults({ ...inputs, project: projectOf(inputs, config) }), failures: [] });
}
