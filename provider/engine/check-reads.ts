// The reads of one check. Each path is read once, and rarely changing objects once for all checks of a run.
import { type Failure } from "../kind/kind";
import { type Client } from "../lxd/client/core/client";
import { type Reads } from "../lxd/client/core/requests";
import { ReadMemory } from "../lxd/client/core/shared-reads";
import { runRegistry } from "./run-registry";

export class CheckReads {
  #memory = new ReadMemory();

  /** Returns a client that reads each path once. */
  readonly own = (client: Client): Client => this.#through(client, (_path, read) => read());

  #through(client: Client, send: Reads["read"]): Client {
    const { place } = client.transport;
    return client.withReads({ read: (path, read) => this.#memory.read(`${place} ${path}`, () => send(path, read)) });
  }

  /**
   * Runs a preflight that also shares reads with other checks of the run. A failure that may rest on an earlier read is
   * checked again with new ones.
   */
  async preflight(client: Client, look: (client: Client) => Promise<Failure[]>): Promise<Failure[]> {
    const shared = client.sharedReads(runRegistry());
    let isReused = false as boolean;
    const onReuse = (): void => void (isReused = true);
    const sharing = this.#through(client, (path, read) => shared.read(path, read, onReuse));
    const work = look(sharing);
    const isPassed = await work.then(
      (failures) => failures.length === 0,
      () => false,
    );
    if (isPassed || !isReused) return work;
    shared.clear();
    this.#memory = new ReadMemory();
    return look(sharing);
  }
}
