// Runs commands in guests: on create, again when a trigger changes, and optionally on delete.
import { isDeepStrictEqual } from "node:util";
import { type Finished, lastLines, runCommand } from "../../lxd/api/instance/exec";
import { LxdError } from "../../base/errors";
import { type ActionKind, type Context, type CreateResult } from "../../kind/kind";
import { milliseconds } from "../../kind/units";
import { checkProject } from "../shared/common";
import { isRunning } from "../machine/power";
import { waitFor } from "../machine/waits";
import { findMachine, requireMachine, withInstanceIdentity } from "../machine/machine";
import { logicalName } from "../../kind/automatic-name";
import { applyDefaults, computeInputs, type ExecInputs, type ExecOutputs, policies, rerunning, schema } from "./inputs";

export const exec: ActionKind<ExecInputs, ExecOutputs> = {
  kindName: "command",
  schema,
  policies,
  validate: () => [],
  upgrades: [withInstanceIdentity],
  applyDefaults,
  computeInputs,
  preflight: (client, { inputs, importId }) => {
    if (importId === undefined) return checkProject(client, inputs.project);
    return Promise.resolve([{ property: "", reason: "import: a command leaves nothing that could be imported" }]);
  },
  // Otherwise the old resource's delete command would undo the work of the new one.
  deleteBeforeReplace: () => true,
  create,
  read,
  update,
  remove,
};

async function create(context: Context, inputs: ExecInputs): Promise<CreateResult<ExecOutputs>> {
  const { project, instance, command } = inputs;
  const outputs = { ...inputs, ...(await run(context, inputs, command)) };
  return { id: `${project}/${instance}/${logicalName(context.urn)}`, outputs };
}

/** The effects of a command cannot be observed, so the resource exists as long as its instance does. */
async function read({ client }: Context, _id: string, state: ExecOutputs): Promise<ExecOutputs | undefined> {
  const found = await findMachine(client, state);
  return found === undefined ? undefined : state;
}

async function update(context: Context, _id: string, olds: ExecOutputs, news: ExecInputs): Promise<ExecOutputs> {
  const isSame = rerunning.every((key) => isDeepStrictEqual(olds[key], news[key]));
  const { stdout, stderr, exitCode } = isSame ? olds : await run(context, news, news.command);
  return { ...news, stdout, stderr, exitCode };
}

/** Without the instance there is nothing to undo. */
async function remove(context: Context, _id: string, state: ExecOutputs): Promise<void> {
  const { onDelete } = state;
  if (onDelete === undefined || (await findMachine(context.client, state)) === undefined) return;
  await run(context, { ...state, ...(applyDefaults(state) as ExecInputs) }, onDelete);
}

async function run(context: Context, inputs: ExecInputs, command: string[]): Promise<Finished> {
  const { client, status } = context;
  const { environment, user, group, cwd, timeout } = inputs;
  try {
    const { at, value } = await requireMachine(client, inputs);
    if (!isRunning(value)) {
      const advice = "Start it (running: true); commands need a running machine.";
      throw new LxdError({ code: "failed", why: `the machine is ${value.status}`, advice });
    }
    await waitFor({ client, at, wait: { condition: "agent", timeout }, status });
    status(`running ${command[0] ?? ""}`);
    const finished = await runCommand(client, at, {
      ...{ command, environment, user, group, cwd },
      timeoutMs: milliseconds(timeout),
    });
    if (finished.exitCode !== 0) throw unsuccessful(finished);
    if (!finished.isWhole) throw outputLost();
    return finished;
  } catch (error) {
    throw LxdError.from(error).during(`run ${command[0] ?? ""} in instance ${inputs.project}/${inputs.instance}`);
  }
}

function outputLost(): LxdError {
  return new LxdError({
    code: "unavailable",
    why: "the command exited with 0, but the connection broke before all of its output was received",
    advice: "The next `pulumi up` runs it again.",
  });
}

function unsuccessful({ exitCode, stdout, stderr }: Finished): LxdError {
  const output = [stdout, stderr].filter((text) => text.trim() !== "").map((text) => lastLines(text));
  const printed = output.length === 0 ? "it printed nothing" : `it printed:\n${output.join("\n")}\n`;
  const advice = "The next `pulumi up` runs it again.";
  return new LxdError({ code: "failed", why: `the command exited with ${exitCode}; ${printed}`, advice });
}
