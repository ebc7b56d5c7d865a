// Waits for a condition; on timeout, reports the last state and the end of the console output.
import { poll } from "../../base/poll";
import { findInstance, type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { type Product } from "../../lxd/client/discovery/server-info";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { milliseconds } from "../../kind/units";
import { ConsoleLog } from "./console";
import { FirmwareWatch } from "./firmware-verdict";
import { isFailed } from "./power";
import { conditionCheck, type Seen } from "./conditions";
import { type Wait } from "./wait-schema";

const pollIntervalMs = 1000;
const shortestPollMs = 50;
/** Incus also briefly reports `Error` for a virtual machine that is powering off. */
const failedForMs = 10_000;

export interface Waiting {
  client: Client;
  at: InstanceAddress;
  wait: Wait;
  status: (text: string) => void;
  /** The current start's console; without it, whatever output the server has. */
  log?: ConsoleLog | undefined;
}

export async function waitFor(waiting: Waiting): Promise<void> {
  const { client, at, wait, status: show, log = new ConsoleLog(client, at) } = waiting;
  const check = conditionCheck(wait);
  const firmware = new FirmwareWatch({ client, log });
  let failedSince: number | undefined;
  const deadline = performance.now() + milliseconds(wait.timeout);
  // A condition that is already met and only has to last may exceed the deadline.
  await poll({ client, everyMs: pauseMs(wait), withinMs: Infinity }, async () => {
    const found = await findInstance(client, at);
    if (found === undefined) throw new LxdError({ code: "not-found", why: "the machine was deleted during the wait" });
    const leftMs = deadline - performance.now();
    const seen = await check({ client, at, wire: found.value, leftMs, log });
    if (seen === undefined) return true;
    failedSince = isFailed(found.value) ? (failedSince ?? performance.now()) : undefined;
    const hasFailed = failedSince !== undefined && performance.now() - failedSince >= failedForMs;
    const isLate = performance.now() > deadline && seen.isClose !== true;
    if (isLate || hasFailed) {
      const { product } = await client.info();
      throw notMet(wait, seen, { tail: await log.tail(found.value), advice: advice(product, found.value, at) });
    }
    await firmware.look(found.value, wait.condition);
    const left = seen.isClose === true ? "" : `, ${Math.max(0, Math.ceil(leftMs / 1000))} s left`;
    show(`waiting for ${wait.condition}: ${seen.text}${left}`);
    return undefined;
  });
}

/** Often enough to observe an instance that runs briefly in between. */
function pauseMs(wait: Wait): number {
  if (wait.condition !== "powered-off") return pollIntervalMs;
  return Math.min(pollIntervalMs, Math.max(milliseconds(wait.stableFor) / 5, shortestPollMs));
}

/** The client shows the log of a container's console, but only connects to that of a virtual machine. */
function advice(product: Product, { type }: WireInstance, { project, name }: InstanceAddress): string {
  const log = type === "container" ? " --show-log" : "";
  const command = `${product === "incus" ? "incus" : "lxc"} console ${name} --project ${project}${log}`;
  return `The machine is left unchanged. \`${command}\` shows its console; the next \`pulumi up\` waits again.`;
}

function notMet(wait: Wait, seen: Seen, { tail, advice }: { tail: string; advice: string }): LxdError {
  const detail = seen.detail === undefined ? "" : `; ${seen.detail}`;
  return new LxdError({
    code: "timeout",
    why: `waiting for ${wait.condition}: ${seen.text}, after ${wait.timeout}${detail}${tail}`,
    advice,
    reason: wait.condition === "powered-off" ? "not-powered-off" : undefined,
    quotesConsole: true,
  });
}
