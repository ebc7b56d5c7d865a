// Waits until a guest has switched itself off for good, and tells what its console said if it does not.
import { setTimeout as sleep } from "node:timers/promises";
import { findInstance, type InstanceAddress, readConsole, type WireInstance } from "../api/instances";
import { type Client } from "../client/client";
import { LxdError } from "../errors";
import { milliseconds } from "../units";
import { isFailed, isStopped } from "./instance-power";
import { type Wait } from "./instance-schema";

const pollIntervalMs = 1000;
const shortestPollMs = 50;
const consoleLines = 15;

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
    offSince = isStopped(found.value) ? (offSince ?? now) : undefined;
    if (offSince !== undefined && now - offSince >= stableMs) return;
    const isLate = offSince === undefined && now > deadline;
    if (isFailed(found.value) || isLate) throw await notOff({ client, at, wait, found: found.value });
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
