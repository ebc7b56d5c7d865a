// Brings a machine to what the program says: one road for a new one, a changed one and one whose last run was broken off.
import { findInstance, type InstanceAddress, type WireInstance } from "../../api/instances";
import { isCode, LxdError } from "../../errors";
import { type Context } from "../../kind";
import { milliseconds } from "../../units";
import { isRunning, start, stop, wasStarted } from "./power";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { changeSettings, get, observe, phaseOf, wanted, without } from "./settings";
import { waitFor } from "./waits";
import { pendingKey } from "../ownership";

type Inputs = InstanceInputs;

/**
 * What is kept on a new machine until it is done: first the waits up to the last power-off, for which it needs its
 * installation media, then the others, then its first power state.
 */
type Pending = "wait" | "online" | "power";

export function firstPhase({ waitFor, power }: Inputs): Pending | undefined {
  if (waitFor.length > 0) return "wait";
  return power === "initial" ? "power" : undefined;
}

/** A machine that is to be off is so before it is changed, so that it takes every change. */
export async function shutDownFirst({ client }: Context, at: InstanceAddress, news: Inputs): Promise<void> {
  if (news.power !== "managed" || news.running) return;
  const found = await findInstance(client, at);
  if (found === undefined || !isRunning(found.value) || phaseOf(found.value) === "installing") return;
  await stop(client, at, milliseconds(news.shutdownTimeout));
}

/**
 * Settings first, then what is left of the waits, then the power state. `isStoppedFor`: a running machine was shut down
 * for this update already.
 */
export async function sync(
  context: Context,
  inputs: Inputs,
  { isStoppedFor = false }: { isStoppedFor?: boolean } = {},
): Promise<InstanceOutputs> {
  const { client } = context;
  const wasStopped = (await syncSettings(context, inputs)) || isStoppedFor;
  const { value } = await get(client, inputs);
  const pending = value.config?.[pendingKey];
  if (pending === "wait") await install(context, inputs, value);
  if (pending === "wait" || pending === "online") await comeOnline(context, inputs);
  if (inputs.power === "managed" || (inputs.power === "initial" && pending !== undefined)) await power(context, inputs);
  else if (wasStopped) await start(client, inputs);
  if (pending !== undefined) await changeSettings(client, inputs, ({ config }) => done(config));
  return observe(client, inputs, (await get(client, inputs)).value);
}

/**
 * Changes settings, under the running machine where the server can. Where it cannot, and the program allows it, the
 * machine is shut down for the change; returns whether it was.
 */
async function syncSettings({ client, urn }: Context, inputs: Inputs): Promise<boolean> {
  const info = await client.info();
  const change = (): Promise<void> => changeSettings(client, inputs, (wire) => wanted(wire, inputs, { urn, info }));
  try {
    await change();
    return false;
  } catch (error) {
    const { value } = await get(client, inputs);
    if (!needsStop(error) || !isRunning(value) || value.ephemeral) throw error;
    if (!inputs.allowRestart)
      throw new LxdError({ ...error.details, advice: "Set allowRestart: true, or running: false." });
    await stop(client, inputs, milliseconds(inputs.shutdownTimeout));
    await change();
    return true;
  }
}

/** The daemons' words for a change that a running machine does not take. */
function needsStop(error: unknown): error is LxdError {
  const words =
    /when VM is running|when instance is running|while running|Cannot increase memory|hotplug|must be stopped/i;
  return isCode(error, "failed") && words.test(error.details.why);
}

/** How many of the waits are over when the machine has powered itself off for the last time; all, if it never does. */
function installationWaits({ waitFor: waits }: Inputs): number {
  const last = waits.findLastIndex((wait) => wait.condition === "powered-off");
  return last < 0 ? waits.length : last + 1;
}

/** Lets the machine do what is waited for; then its installation media are taken away as the program says. */
async function install({ client, status, urn }: Context, inputs: Inputs, wire: WireInstance): Promise<void> {
  const waits = inputs.waitFor.slice(0, installationWaits(inputs));
  const mayBeOff = wasStarted(wire) && waits.at(-1)?.condition === "powered-off";
  if (!isRunning(wire) && !mayBeOff) await start(client, inputs);
  for (const wait of waits) await waitFor({ client, at: inputs, wait, status });
  const info = await client.info();
  await changeSettings(client, inputs, (found) => {
    const config = { ...found.config, [pendingKey]: "online" satisfies Pending };
    return wanted({ ...found, config }, inputs, { urn, info });
  });
}

/** What was installed is started for the waits that come after the power-off. */
async function comeOnline({ client, status }: Context, inputs: Inputs): Promise<void> {
  const waits = inputs.waitFor.slice(installationWaits(inputs));
  if (waits.length === 0) return;
  if (!isRunning((await get(client, inputs)).value)) await start(client, inputs);
  for (const wait of waits) await waitFor({ client, at: inputs, wait, status });
}

async function power({ client }: Context, inputs: Inputs): Promise<void> {
  const isOn = isRunning((await get(client, inputs)).value);
  if (inputs.running && !isOn) await start(client, inputs);
  if (!inputs.running && isOn) await stop(client, inputs, milliseconds(inputs.shutdownTimeout));
}

function done(config: WireInstance["config"]): Pick<WireInstance, "config"> {
  return { config: without(config, pendingKey) };
}
