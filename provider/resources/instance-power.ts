// Starts and stops machines, and waits until a guest has switched itself off for good.
import { setTimeout as sleep } from "node:timers/promises";
import { changeState, findInstance, type InstanceAddress, readConsole, type WireInstance } from "../api/instances";
import { type Client } from "../client/client";
import { isCode, LxdError } from "../errors";
import { parseDuration } from "../units";
import { type Wait } from "./instance-inputs";

const status = { stopped: 102, running: 103, frozen: 110, error: 112, ready: 113 };
const pollIntervalMs = 1000;
const shortestPollMs = 50;
const cleanStopMs = 30_000;
const consoleLines = 15;

export function isStopped(wire: WireInstance): boolean {
  return wire.status_code === status.stopped;
}

export function isRunning(wire: WireInstance): boolean {
  return [status.running, status.ready, status.frozen].includes(wire.status_code);
}

/** Whether the machine has ever been started: the daemons say 1970 (or year 1) of one that has not. */
export function wasStarted(wire: WireInstance): boolean {
  return Date.parse(wire.last_used_at) > 0;
}

export async function start(client: Client, at: InstanceAddress): Promise<void> {
  await changeState(client, at, { action: "start" }).catch((error: unknown) => {
    if (!says(error, "already running")) throw error;
  });
}

/** Asks the guest to shut down; one that does not listen is switched off. */
export async function stop(client: Client, at: InstanceAddress): Promise<void> {
  try {
    await changeState(client, at, { action: "stop", timeoutMs: cleanStopMs });
  } catch (error) {
    if (says(error, "already stopped")) return;
    // Only a guest that does not obey is switched off, not one of which nothing is known.
    if (!isCode(error, "failed") && !isCode(error, "timeout")) throw error;
    await switchOff(client, at);
  }
}

export async function switchOff(client: Client, at: InstanceAddress): Promise<void> {
  await changeState(client, at, { action: "stop" }).catch((error: unknown) => {
    if (!says(error, "already stopped")) throw error;
  });
}

export interface Waiting {
  client: Client;
  at: InstanceAddress;
  wait: Wait;
  status: (text: string) => void;
}

/**
 * Until the machine is off and stays off: an installer's reboot can look like a stop for a moment. On time-out the
 * error brings the last lines of the console.
 */
export async function waitUntilPoweredOff({ client, at, wait, status: show }: Waiting): Promise<void> {
  const deadline = Date.now() + milliseconds(wait.timeout);
  const stableMs = milliseconds(wait.stableFor);
  let offSince: number | undefined;
  for (;;) {
    const found = await findInstance(client, at);
    if (found === undefined)
      throw new LxdError({ code: "not-found", why: "the machine was deleted while it was waited for" });
    const now = Date.now();
    offSince = found.value.status_code === status.stopped ? (offSince ?? now) : undefined;
    if (offSince !== undefined && now - offSince >= stableMs) return;
    const isLate = offSince === undefined && now > deadline;
    if (found.value.status_code === status.error || isLate)
      throw await notOff({ client, at, wait, found: found.value });
    show(`waiting for powered-off: ${found.value.status}, ${Math.ceil((deadline - now) / 1000)} s left`);
    // Often enough that a machine which ran in between is seen running.
    await sleep(Math.min(pollIntervalMs, Math.max(stableMs / 5, shortestPollMs)));
  }
}

async function notOff(failed: {
  client: Client;
  at: InstanceAddress;
  wait: Wait;
  found: WireInstance;
}): Promise<LxdError> {
  const tail = await consoleTail(failed.client, failed.at);
  return new LxdError({
    code: "timeout",
    why: `the machine is ${failed.found.status}, not powered off, after ${failed.wait.timeout}${tail}`,
    advice: "The machine is kept as it is. Look at its console; the next `pulumi up` waits again.",
  });
}

async function consoleTail(client: Client, at: InstanceAddress): Promise<string> {
  let text: string;
  try {
    text = await readConsole(client, at);
  } catch (error) {
    // LXD keeps no log of a virtual machine's console. The wait's own failure must not be lost for that.
    return `; its console cannot be read: ${LxdError.from(error).details.why}`;
  }
  const lines = text
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length === 0) return "; its console is empty";
  return `; the last lines of its console:\n${lines
    .slice(-consoleLines)
    .map((line) => `  | ${line}`)
    .join("\n")}\n`;
}

function milliseconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}

function says(error: unknown, words: string): boolean {
  return (isCode(error, "failed") || isCode(error, "invalid-argument")) && error.details.why.includes(words);
}
