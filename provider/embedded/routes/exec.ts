// POST …/exec: commands in simulated guests. All succeed without output, but `false`, and those that nobody runs.
import { badRequest, failed } from "../errors";
import type { Call } from "../http/call";
import { type Reply, running } from "../http/reply";
import { instanceUrl, requireInstance } from "../instances/instance";
import { hasAgent } from "../instances/state-view";

const POST = {
  command: "strings",
  "wait-for-websocket": "bool",
  interactive: "bool",
  "record-output": "bool",
} as const;

export async function execute(call: Call): Promise<Reply> {
  const body = await call.json("InstanceExecPost", POST);
  const instance = requireInstance(call);
  const { operations, store } = call.daemon;
  if (instance.status === "Stopped") throw badRequest("Instance is not running");
  if (body["wait-for-websocket"] === true) throw badRequest("This daemon runs commands without a websocket only");
  const [program = ""] = body.command ?? [];
  const run = (progress: (metadata: Record<string, unknown>) => void) => {
    if (!hasAgent(store, instance)) throw failed("VM agent isn't currently running");
    progress({ return: program.split("/").at(-1) === "false" ? 1 : 0, output: {} });
  };
  const resources = { instances: [instanceUrl(instance)] };
  return running(operations.start({ description: "Executing command", project: instance.project, resources, run }));
}
