// Brings a machine to what the program says: one road for a new one, a changed one and one whose last run was broken off.
import { type InstanceFound } from "../../api/instance-identity";
import { type WireInstance } from "../../api/instances";
import { type Context, type Step } from "../../kind";
import { milliseconds } from "../../units";
import { typeBootCommand } from "../guest/boot-command";
import { type GuestFile } from "../guest/file-content";
import { applySettings } from "./apply-settings";
import { ConsoleLog } from "./console";
import { FileTask } from "./file-task";
import { isRunning, start, stop, switchOff, wasStarted } from "./power";
import { type InstanceInputs } from "./schema";
import { changeSettings, get, phaseOf, wanted, without } from "./settings";
import { waitFor } from "./waits";
import { pendingKey } from "../ownership";

type Inputs = InstanceInputs;

/**
 * What is kept on a new machine until it is done: first the keys that are typed when it boots, then the waits up to the
 * last power-off, for which it needs its installation media, then the others, then its first power state.
 */
type Pending = "boot" | "wait" | "online" | "power";

export function firstPhase({ waitFor, power, bootCommand }: Inputs): Pending | undefined {
  if (bootCommand.length > 0) return "boot";
  if (waitFor.length > 0) return "wait";
  return power === "initial" ? "power" : undefined;
}

/** A machine that is to be off is so before it is changed, so that it takes every change. */
export async function shutDownFirst(context: Context, { at, value }: InstanceFound, news: Inputs): Promise<boolean> {
  if (news.power !== "managed" || news.running) return false;
  if (!isRunning(value) || phaseOf(value) === "installing") return false;
  await stop(context, at, milliseconds(news.shutdownTimeout));
  return true;
}

/**
 * Settings first, then what is left of the waits, then the power state, and the files in the guest when they can be.
 * `isStopped`: whether a running machine was shut down for this update already. `oldFiles`: those written before.
 */
export function syncSteps(
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
      run: async () => {
        const applied = await applySettings(context, inputs);
        wasStopped = applied.wasStopped;
        return true;
      },
    },
    { name: "write files", run: ({ value }) => done(files.beforeStart(value), false) },
    {
      name: "boot",
      run: async ({ value }) => {
        if (value.config?.[pendingKey] !== "boot") return false;
        log = await boot(context, inputs, value);
        return true;
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
    {
      name: "finish",
      run: async ({ value }) => {
        if (value.config?.[pendingKey] === undefined) return false;
        await changeSettings(context, inputs, ({ config }) => ({ config: without(config, pendingKey) }));
        return true;
      },
    },
  ];
}

async function done(work: Promise<void>, hasChanged = true): Promise<boolean> {
  await work;
  return hasChanged;
}

/** How many of the waits are over when the machine has powered itself off for the last time; all, if it never does. */
function installationWaits({ waitFor: waits }: Inputs): number {
  const last = waits.findLastIndex((wait) => wait.condition === "powered-off");
  return last < 0 ? waits.length : last + 1;
}

/**
 * Starts the machine and types on its console. One that runs already was left by a run that did not come to the end of
 * the typing: where that was nobody knows, so it is started anew.
 */
async function boot(context: Context, inputs: Inputs, wire: WireInstance): Promise<ConsoleLog> {
  const { client, status } = context;
  if (isRunning(wire)) await switchOff(context, inputs);
  const log = await ConsoleLog.ofStart(context, inputs, wire);
  log.typing = await typeBootCommand({ client, at: inputs, steps: inputs.bootCommand, status });
  await changeSettings(context, inputs, ({ config }) => ({
    config: { ...config, [pendingKey]: "wait" satisfies Pending },
  }));
  return log;
}

/** Lets the machine do what is waited for; then its installation media are taken away as the program says. */
async function install(context: Context, inputs: Inputs, boot?: ConsoleLog): Promise<void> {
  const { client, status, urn } = context;
  const { value } = await get(client, inputs);
  const waits = inputs.waitFor.slice(0, installationWaits(inputs));
  const mayBeOff = wasStarted(value) && waits.at(-1)?.condition === "powered-off";
  const isToStart = !isRunning(value) && !mayBeOff && waits.length > 0;
  const log = isToStart ? await ConsoleLog.ofStart(context, inputs, value) : (boot ?? new ConsoleLog(client, inputs));
  for (const wait of waits) await waitFor({ client, at: inputs, wait, status, log });
  const info = await client.info();
  await changeSettings(context, inputs, (found) => {
    const config = { ...found.config, [pendingKey]: "online" satisfies Pending };
    return wanted({ ...found, config }, inputs, { urn, info });
  });
}

/** What was installed is started for the waits that come after the power-off. */
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
