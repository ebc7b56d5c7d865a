// Runs commands in a running instance: in containers always, in virtual machines with an agent.
import { type Client } from "../../client/core/client";
import { follow } from "../../client/core/operations";
import { openStreams, type Receive, type Stream } from "../../client/core/operation-streams";
import { path } from "../../client/transport/paths";
import { isCode, LxdError } from "../../../base/errors";
import { type InstanceAddress } from "./instances";
import { Tail } from "./tail";

export interface Command {
  /** The program and its arguments, run without a shell. */
  command: string[];
  environment?: Record<string, string> | undefined;
  /** Numeric IDs in the guest. Default: root. */
  user?: number | undefined;
  group?: number | undefined;
  /** The working directory. Default: the user's home directory. */
  cwd?: string | undefined;
}

export interface CommandLimits {
  /** A command that exceeds this is killed, and a `timeout` error is thrown. */
  timeoutMs: number;
  /** How many bytes to keep of the end of each output. Default: 64 KiB. */
  keptBytes?: number;
}

export interface Finished {
  /** 128 and above: terminated by the signal with that number minus 128. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** False if a connection broke before all output had arrived. */
  isWhole: boolean;
}

const defaultKeptBytes = 64 * 1024;
/** A command that has exited may leave child processes that hold its outputs open; they are not waited for. */
const outputGraceMs = 2000;
/**
 * How long the server may take to report the end of a killed command; LXD waits for its child processes, which are not
 * killed.
 */
const killGraceMs = 3000;
/** How long the server may take to report that a command cannot be started. */
const startMs = 15_000;

/**
 * Runs a command to its end, whatever its exit code. Servers kill a command whose client disconnects, so a command
 * aborted here does not keep running.
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
    // A command that cannot be started ends at once and closes its streams; the operation contains the reason.
    await follow(client, operation.id, { request, deadlineMs: startMs });
    throw error;
  });
  const killer = killAfter(timeoutMs, streams.control);
  try {
    // An empty message marks the end of the input.
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
  // Data on this stream is not needed.
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
  const printed = output.trim() === "" ? "it printed nothing" : `it printed:\n${lastLines(output)}`;
  const why = `the command ${program} did not finish within ${timeoutMs / 1000} s and was killed; ${printed}`;
  return new LxdError({ code: "timeout", why, advice: "Raise its timeout, or check in the guest what it waits for." });
}

/** Returns the last lines, for quoting in an error. */
export function lastLines(text: string, count = 15): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => `  | ${line}`)
    .join("\n");
}
