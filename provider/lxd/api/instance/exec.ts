// Commands in a running machine: containers always, virtual machines with an agent.
import { type Client } from "../../client/core/client";
import { follow } from "../../client/core/operations";
import { openStreams, type Receive, type Stream } from "../../client/core/operation-streams";
import { path } from "../../client/transport/paths";
import { isCode, LxdError } from "../../../base/errors";
import { type InstanceAddress } from "./instances";
import { Tail } from "./tail";

export interface Command {
  /** The program and its arguments; no shell reads them. */
  command: string[];
  environment?: Record<string, string> | undefined;
  /** Numeric IDs in the guest. Default: root. */
  user?: number | undefined;
  group?: number | undefined;
  /** The working directory. Default: the user's home. */
  cwd?: string | undefined;
}

export interface CommandLimits {
  /** A command that takes longer is killed, and `timeout` is thrown. */
  timeoutMs: number;
  /** How much of each output is kept: its end. Default 64 KiB. */
  keptBytes?: number;
}

export interface Finished {
  /** 128 and more: ended by the signal of that number less 128. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** False if a connection broke before all of the output had come. */
  isWhole: boolean;
}

const defaultKeptBytes = 64 * 1024;
/** Who has ended may leave children behind that hold the outputs open; those are not waited for. */
const outputGraceMs = 2000;
/** How long the daemon may take to tell that a killed command has ended; LXD waits for its children, who are not killed. */
const killGraceMs = 3000;
/** How long the daemon may take to tell that a command cannot be begun. */
const startMs = 15_000;

/**
 * Runs a command to its end, whatever its exit code. The daemons kill a command whose client is gone, so one that is
 * broken off here does not go on unseen.
 */
export async function runCommand(
  client: Client,
  { project, name }: InstanceAddress,
  { timeoutMs, keptBytes = defaultKeptBytes, ...command }: Command & CommandLimits,
): Promise<Finished> {
  const request = { method: "POST" as const, path: path("instances", name, "exec") };
  const json = { ...command, "wait-for-websocket": true, "record-output": false, interactive: false };
  const operation = await client.begin({ ...request, query: { project }, json });
  const [stdout, stderr] = [new Tail(keptBytes), new Tail(keptBytes)];
  const receive: ["0" | "1" | "2" | "control", Receive][] = [
    ["control", ignore],
    ["1", (bytes) => stdout.add(bytes)],
    ["2", (bytes) => stderr.add(bytes)],
    ["0", ignore],
  ];
  const streams = await openStreams(client, operation, { request, receive }).catch(async (error: unknown) => {
    // A command that cannot be begun ends at once, and takes its streams along; the operation says why.
    await follow(client, operation.id, { request, deadlineMs: startMs });
    throw error;
  });
  const killer = killAfter(timeoutMs, streams.control);
  try {
    // An empty text is the end of the input.
    streams["0"].send("");
    const deadlineMs = timeoutMs + killGraceMs;
    const ended = await follow(client, operation.id, { request, deadlineMs }).catch((error: unknown) => {
      if (!killer.hasKilled() || !isCode(error, "timeout")) throw error;
      return undefined;
    });
    const grace = client.pause(outputGraceMs).then(() => [true]);
    const ends = await Promise.race([Promise.all([streams["1"].ended, streams["2"].ended]), grace]);
    const exitCode = Number(ended?.metadata?.["return"] ?? -1);
    if (killer.hasKilled() && exitCode !== 0) {
      throw tookTooLong(command.command, timeoutMs, `${stdout.text()}${stderr.text()}`);
    }
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), isWhole: !ends.includes(false) };
  } finally {
    killer.stop();
    for (const stream of Object.values(streams)) stream.close();
  }
}

function ignore(): void {
  // What comes on this stream is of no use here.
}

function killAfter(timeoutMs: number, control: Stream): { hasKilled: () => boolean; stop: () => void } {
  let killed = false;
  const timer = setTimeout(() => {
    killed = true;
    control.send(JSON.stringify({ command: "signal", signal: 9 }));
  }, timeoutMs);
  return { hasKilled: () => killed, stop: () => clearTimeout(timer) };
}

function tookTooLong([program = ""]: string[], timeoutMs: number, output: string): LxdError {
  const printed = output.trim() === "" ? "it printed nothing" : `it said:\n${lastLines(output)}`;
  const why = `the command ${program} did not finish within ${timeoutMs / 1000} s and was killed; ${printed}`;
  return new LxdError({ code: "timeout", why, advice: "Raise its timeout, or check in the guest what it waits for." });
}

/** The last lines, as they are quoted in an error. */
export function lastLines(text: string, count = 15): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => `  | ${line}`)
    .join("\n");
}
