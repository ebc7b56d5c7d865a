// What an instance has written to its console, and what is on its screen, for those who look afterwards.
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

/**
 * What the machine has written to its console, as far as the server keeps it. Of a container that runs, the server tells
 * each text once.
 */
export async function readConsole(client: Client, at: InstanceAddress): Promise<string> {
  for (let rest = 5; ; rest--) {
    try {
      return await client.text(path("instances", at.name, "console"), { project: at.project });
    } catch (error) {
      if (!isCode(error, "failed")) throw error;
      if (nothing.test(error.details.why)) return "";
      if (rest === 0 || !otherReader.test(error.details.why)) throw error;
    }
  }
}

/** Incus lets one client read at a time, and refuses the one that has waited for another to be done. */
const otherReader = /^A matching non-reusable operation has now succeeded$/;

/** LXD's words for a log with nothing in it, or nothing more; both servers' for a machine that is just going off. */
const nothing =
  /^(open .*: no such file or directory|connection refused|Instance is busy running an? "[^"]+" operation)$/;

/** Empties the log of a container that is off; the server goes on with it otherwise. */
export async function clearConsole(client: Client, at: InstanceAddress): Promise<void> {
  const request = { method: "DELETE" as const, path: path("instances", at.name, "console") };
  await client.change({ ...request, query: { project: at.project } }).catch((error: unknown) => {
    if (!isCode(error, "not-found")) throw error;
  });
}

/** A picture of the screen, as PNG. Needs the extension `instance_console_screenshot`. */
export async function readScreen(client: Client, at: InstanceAddress): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const query = { project: at.project, type: "vga" };
  await client.download(path("instances", at.name, "console"), query, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}
