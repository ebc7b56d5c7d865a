// Starts and stops instances, and reports whether they run.
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

/** Whether the instance was ever started: the daemons report 1970 (or the year 1) if not. */
export function wasStarted(wire: WireInstance): boolean {
  return Date.parse(wire.last_used_at) > 0;
}

export async function start(changer: Changer, at: InstanceAddress): Promise<void> {
  await change(changer, at, { action: "start" }).catch((error: unknown) => {
    if (!says(error, "already running")) throw error;
  });
}

/** Shuts the guest down cleanly; forces the stop after the timeout, or immediately if the timeout is 0. */
export async function stop(changer: Changer, at: InstanceAddress, timeoutMs: number): Promise<void> {
  if (timeoutMs === 0) {
    await switchOff(changer, at);
    return;
  }
  try {
    await change(changer, at, { action: "stop", timeoutMs });
  } catch (error) {
    if (says(error, "already stopped")) return;
    // Force the stop only if the guest did not comply, not if its state is unknown.
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
