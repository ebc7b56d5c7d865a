// Runs the installation of an instance: starts it with the current settings, types the boot command, and waits.
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

/** The progress of an installation. */
export interface Going {
  /** The console of the current start; undefined if there is nothing left to wait for. */
  log: ConsoleLog | undefined;
  /** Whether this run started the instance. */
  isBegun: boolean;
}

/** Ensures that the installation is in progress, or detects that it is finished. `wire`: the instance as just read. */
export async function setOut(context: Context, inputs: Inputs, wire: WireInstance): Promise<Going> {
  const isNeeded = installationWaits(inputs) > 0 || isToBeTyped(wire);
  if (!isNeeded || (await isOver(context, inputs, wire))) return { log: undefined, isBegun: false };
  const log = await underWay(context, inputs, wire);
  return log === undefined ? { log: await begin(context, inputs, wire), isBegun: true } : { log, isBegun: false };
}

/** Waits for the installation, then removes the installation media as the program specifies. */
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

/** It is unknown how far an interrupted run got with typing. */
function isToBeTyped({ config }: WireInstance): boolean {
  return config?.[pendingKey] === ("boot" satisfies Pending);
}

/** A stopped instance is installed only if it was started with its current settings and powered itself off. */
async function isOver({ client }: Context, inputs: Inputs, wire: WireInstance): Promise<boolean> {
  if (!isStopped(wire) || isToBeTyped(wire) || !isStartedSo(wire, inputs)) return false;
  const last = inputs.waitFor[installationWaits(inputs) - 1];
  return last?.condition === "powered-off" && (await causeOf(client, inputs, wire)) === "guest";
}

/** The console of an instance that can be waited for as it runs. */
async function underWay({ client }: Context, inputs: Inputs, wire: WireInstance): Promise<ConsoleLog | undefined> {
  if (!isRunning(wire) || isToBeTyped(wire) || !isStartedSo(wire, inputs)) return undefined;
  const log = new ConsoleLog(client, inputs);
  return (await hasGivenUp({ client, log }, wire)) ? undefined : log;
}

/** Starts the instance and types the boot command. */
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
