// What a machine has said on its console since it was started, as text.
import { clearConsole, readConsole } from "../../lxd/api/instance/console-log";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { plainText, quotedTail } from "./guest/terminal";
import { type Changer } from "./busy";
import { isRunning, start, wasStarted } from "./power";

/**
 * One start of a machine, listened to by all waits for it. What the daemons give is put together here: of a running
 * container each text once, of one that is off all of it or what was not read before, of a virtual machine everything
 * each time.
 */
export class ConsoleLog {
  #given = "";

  /** `typing`: what came while keys were typed, which is in no log. */
  constructor(
    private readonly client: Client,
    private readonly at: InstanceAddress,
    public typing = "",
  ) {}

  /** Starts a machine that is off, and hears nothing of what its log keeps of earlier starts. */
  static async ofStart(changer: Changer, at: InstanceAddress, wire: WireInstance): Promise<ConsoleLog> {
    // The servers begin a virtual machine's log anew, and go on with a container's.
    if (wire.type === "container" && wasStarted(wire)) await clearConsole(changer.client, at);
    await start(changer, at);
    return new ConsoleLog(changer.client, at);
  }

  /** Without the sequences that move a terminal's cursor. `wire`: the machine as it was found just now. */
  async text(wire: WireInstance): Promise<string> {
    const output = await readConsole(this.client, this.at);
    const isWhole = wire.type === "virtual-machine" || (!isRunning(wire) && output.startsWith(this.#given));
    // Nothing is said while a machine goes off, and what was heard before stays.
    const isAll = output !== "" && isWhole;
    this.#given = isAll ? output : this.#given + output;
    return this.typing + plainText(this.#given);
  }

  /** The last lines, for the end of an error. */
  async tail(wire: WireInstance): Promise<string> {
    try {
      return quotedTail(await this.text(wire));
    } catch (error) {
      if (this.typing !== "") return quotedTail(this.typing);
      // LXD keeps no log of a virtual machine's console. The wait's own failure must not be lost for that.
      return `; its console cannot be read: ${LxdError.from(error).details.why}`;
    }
  }
}
