// Lets a machine do what it was made for: it is started as the program says now, typed to, and waited for.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { type Context } from "../../../kind/kind";
import { typeBootCommand } from "../../machine/guest/boot-command";
import { pendingKey, startedKey } from "../../shared/ownership";
import { isStartedSo, startMark } from "./boot-settings";
import { ConsoleLog } from "../../machine/console";
import { hasGivenUp } from "../../machine/firmware-verdict";
import { installationWaits, type Pending } from "../phases";
import { isRunning, isStopped, switchOff } from "../../machine/power";
import { type InstanceInputs } from "../schema";
import { desiredConfig } from "../settings";
import { changeSettings, without } from "../../machine/settings";
import { causeOf } from "../../machine/power-off-cause";
import { waitFor } from "../../machine/waits";

type Inputs = InstanceInputs;

/** How an installation goes. */
export interface Going {
  /** The start that is listened to; none if there is nothing to wait for, or no more. */
  log: ConsoleLog | undefined;
  /** Whether the machine was started just now. */
  isBegun: boolean;
}

/** Sees to it that the machine is at what is waited for, or knows that it is over. `wire`: the machine as it is now. */
export async function setOut(context: Context, inputs: Inputs, wire: WireInstance): Promise<Going> {
  const isNeeded = installationWaits(inputs) > 0 || isToBeTyped(wire);
  if (!isNeeded || (await isOver(context, inputs, wire))) return { log: undefined, isBegun: false };
  const log = await underWay(context, inputs, wire);
  return log === undefined ? { log: await begin(context, inputs, wire), isBegun: true } : { log, isBegun: false };
}

/** Waits for what is installed; then the installation media are taken away as the program says. */
export async function install(context: Context, inputs: Inputs, log: ConsoleLog | undefined): Promise<void> {
  const { client, status, urn } = context;
  const waits = log === undefined ? [] : inputs.waitFor.slice(0, installationWaits(inputs));
  for (const wait of waits) await waitFor({ client, at: inputs, wait, status, log });
  const info = await client.info();
  await changeSettings(context, inputs, (found) => {
    const config = { ...without(found.config, startedKey), [pendingKey]: "online" satisfies Pending };
    return desiredConfig({ ...found, config }, inputs, { urn, info });
  });
}

/** Where the typing of a run that was broken off has ended nobody knows. */
function isToBeTyped({ config }: WireInstance): boolean {
  return config?.[pendingKey] === ("boot" satisfies Pending);
}

/**
 * A machine that was found off is installed only if it was started with the settings that it has now, and has switched
 * itself off.
 */
async function isOver({ client }: Context, inputs: Inputs, wire: WireInstance): Promise<boolean> {
  if (!isStopped(wire) || isToBeTyped(wire) || !isStartedSo(wire, inputs)) return false;
  const last = inputs.waitFor[installationWaits(inputs) - 1];
  return last?.condition === "powered-off" && (await causeOf(client, inputs, wire)) === "guest";
}

/** What is heard of a machine that can be waited for as it runs. */
async function underWay({ client }: Context, inputs: Inputs, wire: WireInstance): Promise<ConsoleLog | undefined> {
  if (!isRunning(wire) || isToBeTyped(wire) || !isStartedSo(wire, inputs)) return undefined;
  const log = new ConsoleLog(client, inputs);
  return (await hasGivenUp({ client, log }, wire)) ? undefined : log;
}

/** Starts the machine, and types on its console. */
async function begin(context: Context, inputs: Inputs, wire: WireInstance): Promise<ConsoleLog> {
  const { client, status } = context;
  const { bootCommand: steps } = inputs;
  if (!isStopped(wire)) await switchOff(context, inputs);
  await changeSettings(context, inputs, (found) => {
    const pending: Pending = steps.length > 0 ? "boot" : "wait";
    return { config: { ...found.config, [startedKey]: startMark(found, inputs), [pendingKey]: pending } };
  });
  const log = await ConsoleLog.ofStart(context, inputs, wire);
  if (steps.length === 0) return log;
  log.typing = await typeBootCommand({ client, at: inputs, steps, status });
  await changeSettings(context, inputs, ({ config }) => ({
    config: { ...config, [pendingKey]: "wait" satisfies Pending },
  }));
  return log;
}
