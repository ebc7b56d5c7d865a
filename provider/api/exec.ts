// Commands in a running machine: containers always, virtual machines with an agent.
import { type Client } from "../client/client";
import { path } from "../client/paths";
import { isCode } from "../errors";
import { type InstanceAddress } from "./instances";

export interface Finished {
  exitCode: number;
  output: string;
}

/** Runs a command to its end, and takes away the logs that the daemon has kept of it. */
export async function execute(
  client: Client,
  { project, name }: InstanceAddress,
  { command, deadlineMs }: { command: string[]; deadlineMs: number },
): Promise<Finished> {
  const json = { command, "wait-for-websocket": false, "record-output": true, interactive: false };
  const at = path("instances", name, "exec");
  const ended = await client.change({
    method: "POST",
    path: at,
    query: { project },
    json,
    deadlineMs,
    isUpToGuest: true,
  });
  const { return: exitCode, output } = ended?.metadata ?? {};
  const logs = Object.values((output ?? {}) as Record<string, string>);
  const texts: string[] = [];
  for (const log of logs) texts.push(await takeLog(client, log, project));
  return { exitCode: Number(exitCode ?? -1), output: texts.join("") };
}

async function takeLog(client: Client, log: string, project: string): Promise<string> {
  try {
    const text = await client.text(log, { project });
    await client.change({ method: "DELETE", path: log, query: { project } });
    return text;
  } catch (error) {
    if (isCode(error, "not-found")) return "";
    throw error;
  }
}
