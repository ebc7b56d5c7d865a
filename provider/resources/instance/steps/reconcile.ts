// Reconciles an instance with the program, whether it is new, changed, or left by an interrupted run.
import { type InstanceFound } from "../../../lxd/api/instance/instance-identity";
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { type Context, type Step } from "../../../kind/kind";
import { milliseconds } from "../../../kind/units";
import { type GuestFile } from "../../machine/guest/file-content";
import { applySettings, stopToGrow } from "./apply-settings";
import { ConsoleLog } from "../../machine/console";
import { FileTask } from "./file-task";
import { install, setOut } from "./installation";
import { installationWaits } from "../phases";
import { isRunning, start, stop } from "../../machine/power";
import { type InstanceInputs } from "../schema";
import { changeSettings, get, phaseOf, without } from "../../machine/settings";
import { waitFor } from "../../machine/waits";
import { pendingKey, startedKey } from "../../shared/ownership";

type Inputs = InstanceInputs;

/** If the instance is to be stopped, it is stopped first, so that it accepts every change. */
export async function shutDownFirst(context: Context, { at, value }: InstanceFound, news: Inputs): Promise<boolean> {
  if (news.power !== "managed" || news.running) return false;
  if (!isRunning(value) || phaseOf(value) === "installing") return false;
  await stop(context, at, milliseconds(news.shutdownTimeout));
  return true;
}

/**
 * Applies the settings, then runs the remaining waits, then sets the power state, and writes the files in the guest
 * once that is possible. `isStopped`: whether this update has already stopped a running instance. `oldFiles`: the
 * previously written files.
 */
export function reconcileSteps(
  context: Context,
  inputs: Inputs,
  { isStopped, oldFiles }: { isStopped: () => boolean; oldFiles: GuestFile[] | undefined },
): Step<InstanceFound>[] {
  const files = new FileTask(context, inputs, oldFiles);
  let wasStopped = false;
  let log: ConsoleLog | undefined;
  return [
    {
      name: "configure",
      run: async (found) => {
        const applied = await applySettings(context, inputs, found);
        wasStopped = applied.wasStopped;
        return applied.hasChanged;
      },
    },
    {
      name: "grow the disk",
      run: async ({ value }) => {
        const isStopped = await stopToGrow(context, inputs, value);
        wasStopped ||= isStopped;
        return isStopped;
      },
    },
    { name: "write files", run: ({ value }) => done(files.beforeStart(value), false) },
    {
      name: "boot",
      run: async ({ value }) => {
        if (phaseOf(value) !== "installing") return false;
        const { isBegun, ...going } = await setOut(context, inputs, value);
        log = going.log;
        return isBegun;
      },
    },
    {
      name: "install",
      run: async ({ value }) => phaseOf(value) === "installing" && done(install(context, inputs, log)),
    },
    {
      name: "come online",
      run: async ({ value }) => value.config?.[pendingKey] === "online" && done(comeOnline(context, inputs)),
    },
    {
      name: "power",
      run: async ({ value }) => {
        const isNew = value.config?.[pendingKey] !== undefined;
        const isManaged = inputs.power === "managed" || (inputs.power === "initial" && isNew);
        if (isManaged) return power(context, inputs, value);
        return (wasStopped || isStopped()) && done(start(context, inputs));
      },
    },
    { name: "write files in the guest", run: ({ value }) => done(files.afterStart(value), false) },
    { name: "finish", run: (found) => finish(context, inputs, found) },
  ];
}

/** The instance has no further steps of its first run. */
async function finish(context: Context, inputs: Inputs, found: InstanceFound): Promise<boolean> {
  if (found.value.config?.[pendingKey] === undefined) return false;
  const change = ({ config }: WireInstance): Pick<WireInstance, "config"> => ({
    config: without(without(config, pendingKey), startedKey),
  });
  return changeSettings(context, inputs, change, found);
}

async function done(work: Promise<void>, hasChanged = true): Promise<boolean> {
  await work;
  return hasChanged;
}

/** The installed system is started for the waits after the power-off. */
async function comeOnline(context: Context, inputs: Inputs): Promise<void> {
  const { client, status } = context;
  const waits = inputs.waitFor.slice(installationWaits(inputs));
  if (waits.length === 0) return;
  const { value } = await get(client, inputs);
  const log = isRunning(value) ? new ConsoleLog(client, inputs) : await ConsoleLog.ofStart(context, inputs, value);
  for (const wait of waits) await waitFor({ client, at: inputs, wait, status, log });
}

async function power(context: Context, inputs: Inputs, value: WireInstance): Promise<boolean> {
  const isOn = isRunning(value);
  if (inputs.running === isOn) return false;
  await (inputs.running ? start(context, inputs) : stop(context, inputs, milliseconds(inputs.shutdownTimeout)));
  return true;
}
