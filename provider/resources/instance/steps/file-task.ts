// Writes the files of an instance: into a container before it starts, into a virtual machine once it runs.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { type GuestFile } from "../../machine/guest/file-content";
import { putFiles, sameFiles } from "../../machine/guest/files";
import { isRunning } from "../../machine/power";
import { type InstanceInputs } from "../schema";
import { waitFor } from "../../machine/waits";

/** How long the agent of a newly started instance may take to respond. */
const agentTimeout = "5m";

export class FileTask {
  readonly #hasChanged: boolean;
  #wasRunning = false;

  constructor(
    private readonly context: Context,
    private readonly inputs: InstanceInputs,
    private readonly olds: GuestFile[] = [],
  ) {
    this.#hasChanged = !sameFiles(inputs.files, olds);
  }

  /** A container's files exist when its first program starts. */
  async beforeStart(wire: WireInstance): Promise<void> {
    this.#wasRunning = isRunning(wire);
    if (wire.type === "container" && !this.#isEmpty()) await this.#put();
  }

  async afterStart(wire: WireInstance): Promise<void> {
    if (this.#isEmpty()) return;
    if (wire.type === "virtual-machine") await this.#putByAgent(wire);
    // Files under a mount point that was mounted at the start are hidden and must be written again.
    else if (isRunning(wire) && !this.#wasRunning) await this.#put();
  }

  async #putByAgent(wire: WireInstance): Promise<void> {
    if (!this.#hasChanged) return;
    const { client, status } = this.context;
    if (!isRunning(wire)) {
      const advice = "Start it (running: true), or remove `files` from the program.";
      const why = "the files are written by the machine's agent, and the machine is off";
      throw new LxdError({ code: "failed", why, advice });
    }
    await waitFor({ client, at: this.inputs, wait: { condition: "agent", timeout: agentTimeout }, status });
    await this.#put();
  }

  #isEmpty(): boolean {
    return this.inputs.files.length === 0 && this.olds.length === 0;
  }

  #put(): Promise<void> {
    const { client, status } = this.context;
    return putFiles({ client, at: this.inputs, files: this.inputs.files, olds: this.olds, status });
  }
}
