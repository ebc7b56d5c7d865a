// What a machine has written to its console, as text.
import { type InstanceAddress, readConsole } from "../../api/instances";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";

const tailLines = 15;

/** Without the sequences that move a terminal's cursor. */
export async function consoleText(client: Client, at: InstanceAddress): Promise<string> {
  return (await readConsole(client, at)).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "");
}

/** The last lines, for the end of an error. */
export async function consoleTail(client: Client, at: InstanceAddress): Promise<string> {
  let text: string;
  try {
    text = await consoleText(client, at);
  } catch (error) {
    // LXD keeps no log of a virtual machine's console. The wait's own failure must not be lost for that.
    return `; its console cannot be read: ${LxdError.from(error).details.why}`;
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return "; its console is empty";
  const shown = lines.slice(-tailLines).map((line) => `  | ${line}`);
  return `; the last lines of its console:\n${shown.join("\n")}\n`;
}
