// What a machine has written to its console, as text.
import { type InstanceAddress, readConsole } from "../../api/instances";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";
import { plainText, quotedTail } from "../guest/terminal";

/** Without the sequences that move a terminal's cursor. */
export async function consoleText(client: Client, at: InstanceAddress): Promise<string> {
  return plainText(await readConsole(client, at));
}

/** The last lines, for the end of an error. `heard` is what the log does not have: what came while keys were typed. */
export async function consoleTail(client: Client, at: InstanceAddress, heard = ""): Promise<string> {
  try {
    return quotedTail(heard + (await consoleText(client, at)));
  } catch (error) {
    if (heard !== "") return quotedTail(heard);
    // LXD keeps no log of a virtual machine's console. The wait's own failure must not be lost for that.
    return `; its console cannot be read: ${LxdError.from(error).details.why}`;
  }
}
