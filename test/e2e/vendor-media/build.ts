// A golden image that is built as far as a test wants: what its builder says and is made of; then it is taken away.
import { setTimeout as sleep } from "node:timers/promises";
import { settle } from "../../contract/harness/operation";
import { type PulumiProject } from "../harness/project";
import { type PulumiRun } from "../harness/run";
import { type Machine, type Site } from "../harness/site";

export class Build {
  readonly #run: PulumiRun;

  constructor(
    readonly site: Site,
    readonly project: PulumiProject,
  ) {
    this.#run = project.startUp({ timeoutMs: 600_000 });
  }

  /** What the console has said since the keys were typed, once it has said this. */
  async consoleSaying(pattern: RegExp, timeoutMs: number): Promise<string> {
    for (const end = Date.now() + timeoutMs; ;) {
      const said = await this.#console();
      if (pattern.test(said)) return said;
      if (Date.now() > end)
        throw new Error(`not said within ${timeoutMs} ms: ${String(pattern)}\n${said.slice(-2000)}`);
      await sleep(500);
    }
  }

  async builder(): Promise<Machine | undefined> {
    return (await this.site.machines())[0];
  }

  /** As a power cut would, in the middle of the installation. */
  async stop(): Promise<void> {
    await this.#run.kill();
    await this.project.cancel();
    const builder = await this.builder();
    if (builder !== undefined) {
      const path = `/1.0/instances/${builder.name}`;
      const query = `?project=${this.site.project}`;
      const { raw } = this.site;
      await settle(raw, await raw.put(`${path}/state${query}`, { action: "stop", force: true }));
      await settle(raw, await raw.delete(`${path}${query}`));
    }
    const { code, stdout, stderr } = await this.project.destroy();
    if (code !== 0) throw new Error(stdout + stderr);
  }

  /** While keys are typed, the daemon gives it all to whoever types. */
  async #console(): Promise<string> {
    const builder = await this.builder();
    if (builder?.status !== "Running" || !this.#run.output.includes("waiting for powered-off")) return "";
    const path = `/1.0/instances/${builder.name}/console?project=${this.site.project}`;
    return (await this.site.raw.get(path)).bytes.toString("latin1");
  }
}
