// Checks each wait condition once: whether it is met, and if not, the state of the instance.
import { connect, type TcpNetConnectOpts } from "node:net";
import { runCommand } from "../../lxd/api/instance/exec";
import { findState, type WireState } from "../../lxd/api/instance/instance-state";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { isCode, LxdError } from "../../base/errors";
import { milliseconds } from "../../kind/units";
import { addressesOf, describeInterfaces, type InterfaceAddresses } from "./addresses";
import { type ConsoleLog } from "./console";
import { isStopped } from "./power";
import { type Wait } from "./wait-schema";
import { requireGuests } from "./power-off-cause";

export interface Look {
  client: Client;
  at: InstanceAddress;
  wire: WireInstance;
  /** The remaining time of the wait. */
  leftMs: number;
  log: ConsoleLog;
}

/** What is still missing; undefined once the condition is met. */
export interface Seen {
  text: string;
  /** The condition is met if this state lasts, so the deadline does not apply. */
  isClose?: boolean;
  /** What else the error says if the time is over. */
  detail?: string;
}

export type ConditionCheck = (look: Look) => Promise<Seen | undefined>;

type Of<Condition> = Extract<Wait, { condition: Condition }>;

export function conditionCheck(wait: Wait): ConditionCheck {
  switch (wait.condition) {
    case "powered-off":
      return poweredOff(wait);
    case "agent":
      return agent;
    case "ipv4":
    case "ipv6":
      return address(wait);
    case "cloud-init":
      return cloudInit;
    case "console":
      return consoleSays(wait);
    case "exec":
      return commandSucceeds(wait);
    case "port":
      return portOpen(wait);
  }
}

/** An installer's reboot can briefly look like a stop, so the instance must stay off. */
function poweredOff({ stableFor }: Of<"powered-off">): ConditionCheck {
  let offSince: number | undefined;
  let lastOn = performance.now();
  return async ({ client, at, wire }) => {
    const now = performance.now();
    const wasOn = offSince === undefined;
    offSince = isStopped(wire) ? (offSince ?? now) : undefined;
    if (offSince === undefined) lastOn = now;
    else if (wasOn) await requireGuests(client, at, { wire, sinceMs: now - lastOn });
    if (offSince === undefined) return { text: `the machine is ${wire.status}, not powered off` };
    const leftMs = milliseconds(stableFor) - (now - offSince);
    if (leftMs <= 0) return undefined;
    return { text: `powered off; confirming for ${Math.ceil(leftMs / 1000)} s more`, isClose: true };
  };
}

/** A container needs no agent; a virtual machine reports a process count only if its agent runs. */
async function agent({ client, at, wire }: Look): Promise<Seen | undefined> {
  if (isStopped(wire)) return { text: "the machine is off" };
  if (wire.type === "container") return undefined;
  const state = await findState(client, at);
  return (state?.processes ?? -1) >= 0 ? undefined : { text: "the guest's agent does not answer" };
}

function address(wait: Of<"ipv4" | "ipv6">): ConditionCheck {
  return async ({ client, at }) => {
    const state = await findState(client, at);
    if (addressesIn(state, wait.interface)[wait.condition].length > 0) return undefined;
    const where = wait.interface === undefined ? "any interface" : wait.interface;
    const text = `there is no global ${wait.condition === "ipv4" ? "IPv4" : "IPv6"} address on ${where}`;
    return { text, detail: describeInterfaces(state) };
  };
}

function addressesIn(state: WireState | undefined, name: string | undefined): InterfaceAddresses {
  const all = Object.entries(addressesOf(state));
  const cards = all.filter(([card]) => name === undefined || card === name).map(([, card]) => card);
  return { ipv4: cards.flatMap((card) => card.ipv4), ipv6: cards.flatMap((card) => card.ipv6) };
}

async function cloudInit(look: Look): Promise<Seen | undefined> {
  const ended = await attempt(look, ["cloud-init", "status", "--long"]);
  if ("text" in ended) return { text: `cloud-init cannot be queried: ${ended.text}` };
  const status = /status: *([a-z ]+)/.exec(ended.output)?.[1]?.trim();
  if (status === "done") return undefined;
  if (status === "error" || status === "disabled") {
    const advice = "See /var/log/cloud-init-output.log in the guest.";
    throw new LxdError({ code: "failed", why: `cloud-init ends with "${status}":\n${ended.output.trim()}`, advice });
  }
  return { text: status === undefined ? `cloud-init exited with ${ended.exitCode}` : `cloud-init is ${status}` };
}

function consoleSays({ pattern }: Of<"console">): ConditionCheck {
  const expression = new RegExp(pattern, "m");
  return async ({ wire, log }) =>
    expression.test(log.typing) || expression.test(await log.text(wire))
      ? undefined
      : { text: `the console has not printed /${pattern}/` };
}

function commandSucceeds({ command }: Of<"exec">): ConditionCheck {
  return async (look) => {
    const ended = await attempt(look, command);
    if ("text" in ended) return ended;
    if (ended.exitCode === 0) return undefined;
    const printed = ended.output.trim() === "" ? "" : ` and printed: ${ended.output.trim().slice(-500)}`;
    return { text: `the command ${command.join(" ")} exited with ${ended.exitCode}${printed}` };
  };
}

/** An instance that is off, or whose agent is not running yet, cannot run a command, so the wait continues. */
async function attempt(
  { client, at, leftMs }: Look,
  command: string[],
): Promise<Seen | { exitCode: number; output: string }> {
  try {
    const { exitCode, stdout, stderr } = await runCommand(client, at, { command, timeoutMs: Math.max(leftMs, 1000) });
    return { exitCode, output: stdout + stderr };
  } catch (error) {
    if (!isCode(error, "failed") && !isCode(error, "invalid-argument") && !isCode(error, "timeout")) throw error;
    return { text: error.details.why };
  }
}

function portOpen({ port, interface: name }: Of<"port">): ConditionCheck {
  return async ({ client, at, leftMs }) => {
    const state = await findState(client, at);
    const found = addressesIn(state, name);
    const addresses = [...found.ipv4, ...found.ipv6];
    if (addresses.length === 0) return { text: "there is no address to connect to", detail: describeInterfaces(state) };
    const timeoutMs = Math.min(Math.max(leftMs, 500), 3000);
    for (const host of addresses) {
      if (await connects({ host, port, timeout: timeoutMs, signal: client.signal })) return undefined;
    }
    return { text: `nothing listens on port ${port} of ${addresses.join(", ")}` };
  };
}

function connects(options: TcpNetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(options);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
