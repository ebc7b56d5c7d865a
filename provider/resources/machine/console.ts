// Reads the console output of an instance since its last start, as text.
import { clearConsole, readConsole } from "../../lxd/api/instance/console-log";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { plainText, quotedTail } from "./guest/terminal";
import { type Changer } from "./busy";
import { isRunning, start, wasStarted } from "./power";

/**
 * The console output of one start of an instance, shared by all its waits. The daemons return output differently: for a
 * running container each part once, for a stopped one everything or the unread rest, for a virtual machine everything
 * each time.
 */
export class ConsoleLog {
  #given = "";

  /** `typing`: the output received while keys were typed, which is in no log. */
  constructor(
    private readonly client: Client,
    private readonly at: InstanceAddress,
    public typing = "",
  ) {}

  /** Starts a stopped instance and skips the log of earlier starts. */
  static async ofStart(changer: Changer, at: InstanceAddress, wire: WireInstance): Promise<ConsoleLog> {
    // The servers start a new log for a virtual machine, and append to a container's.
    if (wire.type === "container" && wasStarted(wire)) await clearConsole(changer.client, at);
    await start(changer, at);
    return new ConsoleLog(changer.client, at);
  }

  /** Without terminal control sequences. `wire`: the instance as just read. */
  async text(wire: WireInstance): Promise<string> {
    const output = await readConsole(this.client, this.at);
    const isWhole = wire.type === "virtual-machine" || (!isRunning(wire) && output.startsWith(this.#given));
    // The servers return nothing while an instance stops; earlier output is kept.
    const isAll = output !== "" && isWhole;
    this.#given = isAll ? output : this.#given + output;
    return this.typing + plainText(this.#given);
  }

  /** The last lines, for the end of an error message. */
  async tail(wire: WireInstance): Promise<string> {
    try {
      return quotedTail(await this.text(wire));
    } catch (error) {
      if (this.typing !== "") return quotedTail(this.typing);
      // LXD keeps no console log for a virtual machine. That must not hide the wait's own failure.
      return `; its console cannot be read: ${LxdError.from(error).details.why}`;
    }
  }
}
