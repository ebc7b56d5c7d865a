// Reads the console log and screenshots of an instance.
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

/**
 * Returns what the instance has written to its console, as far as the server keeps it. For a running container, the
 * server returns each text only once.
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

/** Incus lets one client read at a time, and rejects the one that has waited for another. */
const otherReader = /^A matching non-reusable operation has now succeeded$/;

/**
 * The messages of LXD for a log without (further) content, and of both products for an instance that is just stopping.
 */
const nothing =
  /^(open .*: no such file or directory|connection refused|Instance is busy running an? "[^"]+" operation)$/;

/** Clears the log of a stopped container; otherwise the server appends to it. */
export async function clearConsole(client: Client, at: InstanceAddress): Promise<void> {
  const request = { method: "DELETE" as const, path: path("instances", at.name, "console") };
  await client.change({ ...request, query: { project: at.project } }).catch((error: unknown) => {
    if (!isCode(error, "not-found")) throw error;
  });
}

/** Returns a screenshot as PNG. Requires the API extension `instance_console_screenshot`. */
export async function readScreen(client: Client, at: InstanceAddress): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const query = { project: at.project, type: "vga" };
  await client.download(path("instances", at.name, "console"), query, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}
