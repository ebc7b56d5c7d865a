// Brings a machine to what the program says: one road for a new one, a changed one and one whose last run was broken off.
import { findInstance, type InstanceAddress, type WireInstance } from "../../api/instances";
import { type Context } from "../../kind";
import { milliseconds } from "../../units";
import { typeBootCommand } from "../guest/boot-command";
import { type GuestFile } from "../guest/file-content";
import { applySettings } from "./apply-settings";
import { ConsoleLog } from "./console";
import { FileTask } from "./file-task";
import { isRunning, start, stop, switchOff, wasStarted } from "./power";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { changeSettings, get, observe, phaseOf, wanted, without } from "./settings";
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
export async function shutDownFirst(context: Context, at: InstanceAddress, news: Inputs): Promise<void> {
  if (news.power !== "managed" || news.running) return;
  const found = await findInstance(context.client, at);
  if (found === undefined || !isRunning(found.value) || phaseOf(found.value) === "installing") return;
  await stop(context, at, milliseconds(news.shutdownTimeout));
}

/**
 * Settings first, then what is left of the waits, then the power state, and the files in the guest when they can be.
 * `isStoppedFor`: a running machine was shut down for this update already. `oldFiles`: those that were written before.
 */
export async function sync(
  context: Context,
  inputs: Inputs,
  { isStoppedFor = false, oldFiles }: { isStoppedFor?: boolean; oldFiles?: GuestFile[] } = {},
): Promise<InstanceOutputs> {
  const { client } = context;
  const { wire: value, wasStopped } = await applySettings(context, inputs);
  const pending = value.config?.[pendingKey];
  const files = new FileTask(context, inputs, oldFiles);
  await files.beforeStart(value);
  const log = pending === "boot" ? await boot(context, inputs, value) : undefined;
  if (phaseOf(value) === "installing") await install(context, inputs, log);
  if (phaseOf(value) === "installing" || pending === "online") await comeOnline(context, inputs);
  if (inputs.power === "managed" || (inputs.power === "initial" && pending !== undefined)) await power(context, inputs);
  else if (wasStopped || isStoppedFor) await start(context, inputs);
  await files.afterStart((await get(client, inputs)).value);
  if (pending !== undefined) await changeSettings(context, inputs, ({ config }) => done(config));
  return observe(client, inputs, (await get(client, inputs)).value);
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

async function power(context: Context, inputs: Inputs): Promise<void> {
  const isOn = isRunning((await get(context.client, inputs)).value);
  if (inputs.running && !isOn) await start(context, inputs);
  if (!inputs.running && isOn) await stop(context, inputs, milliseconds(inputs.shutdownTimeout));
}

function done(config: WireInstance["config"]): Pick<WireInstance, "config"> {
  return { config: without(config, pendingKey) };
}
