// POST …/exec: commands in simulated guests, over WebSockets or without a client.
import { badRequest, failed } from "../../errors";
import { FileSystem } from "../../guest/file-system";
import { type Ended, type Process, programOf } from "../../guest/programs";
import type { Call } from "../../http/call";
import { type Reply, running } from "../../http/reply";
import type { WebSocket } from "../../http/websocket";
import { instanceUrl, requireInstance } from "../../instances/instance";
import { hasAgent } from "../../instances/state-view";
import { Streams } from "../../operations/operation-streams";
import type { Decoded } from "../../http/decode";
import type { InstanceRecord } from "../../store/records";

const POST = {
  command: "strings",
  "wait-for-websocket": "bool",
  interactive: "bool",
  "record-output": "bool",
  environment: "config",
  user: "int",
  group: "int",
  cwd: "string",
} as const;

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SIGKILL = 9;

type Body = Decoded<typeof POST>;
type Named = "0" | "1" | "2" | "control";

/** The environment of the process; a user other than root has no home directory. */
function processOf(call: Call, instance: InstanceRecord, body: Body): Omit<Process, "signal"> {
  const { user = 0, group = 0 } = body;
  const root: Record<string, string> = user === 0 ? { HOME: "/root", USER: "root" } : {};
  const environment: Record<string, string> = { PATH, LANG: "C.UTF-8", ...root, ...body.environment };
  const files = new FileSystem(call.daemon.store, instance);
  return { files, environment, user, group, cwd: body.cwd || (environment["HOME"] ?? "/") };
}

async function runTo(end: AbortController, process: Omit<Process, "signal">, body: Body): Promise<Ended> {
  const program = programOf(body.command ?? []);
  if (program === undefined) throw badRequest("Command not found");
  try {
    return await program({ ...process, signal: end.signal });
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return { exitCode: 128 + SIGKILL, stdout: "", stderr: "" };
  }
}

/** A signal from the client, or its disconnect, ends the command. */
function listen(control: WebSocket, end: AbortController): void {
  control.onMessage((text) => {
    const { command } = JSON.parse(String(text)) as { command?: string };
    if (command === "signal") end.abort();
  });
  control.onClose(() => end.abort());
}

/** The real daemons do not wait for the control stream: a short command may end before it is connected. */
function commandStreams(): Streams<Named> {
  return new Streams<Named>(["0", "1", "2", "control"], ["control"]);
}

async function talk(streams: Streams<Named>, process: Omit<Process, "signal">, body: Body): Promise<number> {
  const sockets = await streams.connected();
  const end = new AbortController();
  streams.onArrival("control", (control) => listen(control, end));
  const { exitCode, stdout, stderr } = await runTo(end, process, body);
  for (const [socket, text] of [
    [sockets["1"], stdout],
    [sockets["2"], stderr],
  ] as const) {
    if (text !== "") socket.send(Buffer.from(text));
    socket.send("");
  }
  return exitCode;
}

export async function execute(call: Call): Promise<Reply> {
  const body = await call.json("InstanceExecPost", POST);
  const instance = requireInstance(call);
  const { operations, store } = call.daemon;
  if (instance.status === "Stopped") throw badRequest("Instance is not running");
  if (body.interactive === true) throw badRequest("This daemon simulates no terminals for commands");
  if (body["record-output"] === true) throw badRequest("This daemon records no output; listen to the websockets");
  const streams = body["wait-for-websocket"] === true ? commandStreams() : undefined;
  const process = processOf(call, instance, body);
  const { command, interactive = false } = body;
  const metadata = { command, environment: process.environment, interactive, ...(streams && { fds: streams.fds }) };
  const run = async (progress: (metadata: Record<string, unknown>) => void) => {
    if (!hasAgent(store, instance)) throw failed("VM agent isn't currently running");
    const exitCode =
      streams === undefined
        ? (await runTo(new AbortController(), process, body)).exitCode
        : await talk(streams, process, body);
    progress({ ...metadata, return: exitCode });
  };
  const work = { description: "Executing command", project: instance.project, metadata, run };
  const resources = { instances: [instanceUrl(instance)] };
  return running(operations.start({ ...work, resources, ...(streams && { streams }) }));
}
