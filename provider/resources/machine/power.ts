// Starts and stops machines, and tells whether they run.
import { changeState, type StateChange } from "../../lxd/api/instance/instance-state";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { isCode } from "../../base/errors";
import { type Changer, retryWhileBusy } from "./busy";

const status = { stopped: 102, running: 103, frozen: 110, error: 112, ready: 113 };

export function isStopped(wire: WireInstance): boolean {
  return wire.status_code === status.stopped;
}

export function isFailed(wire: WireInstance): boolean {
  return wire.status_code === status.error;
}

export function isRunning(wire: WireInstance): boolean {
  return [status.running, status.ready, status.frozen].includes(wire.status_code);
}

/** Whether the machine has ever been started: the daemons say 1970 (or year 1) of one that has not. */
export function wasStarted(wire: WireInstance): boolean {
  return Date.parse(wire.last_used_at) > 0;
}

export async function start(changer: Changer, at: InstanceAddress): Promise<void> {
  await change(changer, at, { action: "start" }).catch((error: unknown) => {
    if (!says(error, "already running")) throw error;
  });
}

/** Asks the guest to shut down; one that has not done so in time is switched off, at once if the time is 0. */
export async function stop(changer: Changer, at: InstanceAddress, timeoutMs: number): Promise<void> {
  if (timeoutMs === 0) {
    await switchOff(changer, at);
    return;
  }
  try {
    await change(changer, at, { action: "stop", timeoutMs });
  } catch (error) {
    if (says(error, "already stopped")) return;
    // Only a guest that does not obey is switched off, not one of which nothing is known.
    if (!isCode(error, "failed") && !isCode(error, "timeout")) throw error;
    await switchOff(changer, at);
  }
}

export async function switchOff(changer: Changer, at: InstanceAddress): Promise<void> {
  await change(changer, at, { action: "stop" }).catch((error: unknown) => {
    if (!says(error, "already stopped")) throw error;
  });
}

function change(changer: Changer, at: InstanceAddress, to: StateChange): Promise<void> {
  return retryWhileBusy(changer, at, () => changeState(changer.client, at, to));
}

function says(error: unknown, words: string): boolean {
  return (isCode(error, "failed") || isCode(error, "invalid-argument")) && error.details.why.includes(words);
}
