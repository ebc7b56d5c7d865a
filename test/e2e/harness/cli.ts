// Runs the daemons' own clients, `incus` and `lxc`, to assert what Pulumi did without asking Pulumi.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export class DaemonCli {
  readonly #client: "incus" | "lxc";
  readonly #env: Record<string, string>;

  constructor(client: "incus" | "lxc", socket: string) {
    this.#client = client;
    this.#env = { [client === "incus" ? "INCUS_SOCKET" : "LXD_SOCKET"]: socket };
  }

  /** Runs the client and returns what it prints; an error carries what it complains about. */
  async run(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.#env };
    const { stdout } = await promisify(execFile)(this.#client, args, { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /** The `metadata` of a GET, e.g. `/1.0/storage-pools/default/volumes/custom?recursion=1`. */
  async query<T>(path: string): Promise<T> {
    return JSON.parse(await this.run("query", path)) as T;
  }

  /** The same, but undefined where the daemon has no such object. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.query<T>(path);
    } catch (error) {
      if (error instanceof Error && /not found/i.test(error.message)) return undefined;
      throw error;
    }
  }

  /** The paths of the objects in a collection, sorted: equal before and after means that nothing is left behind. */
  async list(collection: string): Promise<string[]> {
    return [...(await this.query<string[]>(collection))].sort();
  }
}
