// A Pulumi program in a temporary folder with its own stack and state, driven through the real CLI.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, engineEnvironment, sharedEngine } from "./engine";
import type { Checkpoint, OperationOptions, ProjectOptions, UpOptions } from "./options";
import { installedModules } from "./installed";
import { installTarball, linkWorkspace } from "./package";
import { writeProgram } from "./program";
import { type PulumiResult, PulumiRun } from "./run";

/** Examples are copied out of the repository and run with the packed package, as users do. */
async function giveModules(dir: string, { program, tarball, pulumi }: ProjectOptions): Promise<void> {
  if (tarball !== undefined) return installTarball(dir, tarball, { pulumi });
  if (typeof program === "string" || "typescript" in program) return linkWorkspace(dir);
  await symlink(await installedModules(), join(dir, "node_modules"));
}

/** What makes runs faster: programs are not compiled, and modules that they do not use are not loaded. */
const faster = {
  PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  NODE_OPTIONS: `--require ${join(__dirname, "lazy-modules.cjs")}`,
};

/** In the environment of a run: it is as slow as for users. A project with a tarball runs so always. */
export const asForUsers = { PULUMI_NODEJS_TRANSPILE_ONLY: undefined, NODE_OPTIONS: undefined };

export class PulumiProject {
  /** The program's folder, which is the working directory of program and provider. */
  readonly dir: string;
  readonly #base: string;
  readonly #engine: Engine;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #stack: string;
  #runs = 0;

  private constructor(base: string, engineToUse: Engine, options: ProjectOptions) {
    this.#base = base;
    this.#engine = engineToUse;
    this.#env = { ...(options.tarball === undefined ? faster : {}), ...options.env };
    this.#stack = options.stack ?? "test";
    this.dir = join(base, "program");
  }

  static async create(options: ProjectOptions): Promise<PulumiProject> {
    const base = await mkdtemp(join(tmpdir(), "pulumi-lxd-e2e-"));
    const project = new PulumiProject(base, await sharedEngine(), options);
    await mkdir(join(base, "state"));
    await mkdir(project.dir);
    await writeProgram(project.dir, options.program);
    await giveModules(project.dir, options);
    await project.#require(["stack", "init", project.#stack]);
    await project.#configure(options.config ?? {});
    return project;
  }

  /** Replaces the text of the program. */
  async setProgram(text: string): Promise<void> {
    await writeFile(join(this.dir, "index.js"), text);
  }

  /** Upgrades the program to another build of the package. */
  async install(tarball: string): Promise<void> {
    await installTarball(this.dir, tarball);
  }

  async setConfig(key: string, value: string, { secret = false } = {}): Promise<void> {
    await this.#require(["config", "set", ...(secret ? ["--secret"] : []), "--", key, value]);
  }

  async removeConfig(key: string): Promise<void> {
    await this.#require(["config", "rm", "--", key]);
  }

  /** All at once, as each run of the CLI takes its time. */
  async #configure(config: Readonly<Record<string, string>>): Promise<void> {
    const settings = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    if (settings.length > 0) await this.#require(["config", "set-all", ...settings]);
  }

  async up(options: UpOptions = {}): Promise<PulumiResult> {
    return this.startUp(options).result;
  }

  /** Begins an `up` without waiting for its end, to look at it, interrupt or kill it. */
  startUp({ preview = false, expectNoChanges = false, ...options }: UpOptions = {}): PulumiRun {
    const flags = [...(preview ? [] : ["--skip-preview"]), ...(expectNoChanges ? ["--expect-no-changes"] : [])];
    return this.start("up", ["--yes", ...flags], options);
  }

  async preview(options: OperationOptions & { expectNoChanges?: boolean } = {}): Promise<PulumiResult> {
    return this.start("preview", options.expectNoChanges ? ["--expect-no-changes"] : [], options).result;
  }

  async refresh(options: OperationOptions & { expectNoChanges?: boolean } = {}): Promise<PulumiResult> {
    const flags = options.expectNoChanges ? ["--expect-no-changes"] : [];
    return this.start("refresh", ["--yes", "--skip-preview", ...flags], options).result;
  }

  async destroy(options: OperationOptions = {}): Promise<PulumiResult> {
    return this.start("destroy", ["--yes", "--skip-preview"], options).result;
  }

  /** Lets everything be deleted that the program protects. */
  async unprotect(): Promise<void> {
    await this.#require(["state", "unprotect", "--all", "--yes"]);
  }

  /** Takes away the lock that a killed run leaves on the stack. */
  async cancel(): Promise<void> {
    await this.#require(["cancel", "--yes"]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.#require(["stack", "output", "--json", "--show-secrets"])) as Record<string, unknown>;
  }

  async exportStack(): Promise<Checkpoint> {
    return JSON.parse(await this.#require(["stack", "export"])) as Checkpoint;
  }

  /** What a resource takes of the state, with all that the engine adds to it; `socket` as if it were Incus's own. */
  async stateBytes(name: string, socket: string): Promise<number> {
    const { resources = [] } = (await this.exportStack()).deployment;
    const resource = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    return JSON.stringify(resource).replaceAll(socket, "/var/lib/incus/unix.socket").length;
  }

  async importStack(checkpoint: Checkpoint): Promise<void> {
    const file = join(this.#base, "import.json");
    await writeFile(file, JSON.stringify(checkpoint));
    await this.#require(["stack", "import", "--file", file]);
  }

  /** The state as it lies on disk: what somebody who reads the file sees. */
  async stateText(): Promise<string> {
    return readFile(this.#stateFile, "utf8");
  }

  /** Puts the stack back into a state that it had. */
  async setStateText(text: string): Promise<void> {
    await writeFile(this.#stateFile, text);
  }

  get #stateFile(): string {
    return join(this.#base, "state/.pulumi/stacks/e2e", `${this.#stack}.json`);
  }

  /** The state with its secrets in clear, as somebody who knows the passphrase can read it. */
  async decryptedText(): Promise<string> {
    return this.#require(["stack", "export", "--show-secrets"]);
  }

  /** Removes all traces on this machine. What the stack made on a daemon is `destroy`'s to remove. */
  async dispose(): Promise<void> {
    await rm(this.#base, { recursive: true, force: true });
  }

  /** Begins any operation that can write an event log. */
  start(command: string, flags: readonly string[], options: OperationOptions = {}): PulumiRun {
    const eventLog = join(this.#base, `events-${++this.#runs}.json`);
    const args = [command, ...flags, "--event-log", eventLog, ...(options.args ?? [])];
    return this.#run(args, { ...options, eventLog });
  }

  #run(args: readonly string[], { env, timeoutMs = 300_000, eventLog = "" }: OperationOptions & { eventLog?: string }) {
    return new PulumiRun({
      command: this.#engine.pulumi,
      args: ["--non-interactive", "--color", "never", ...args],
      cwd: this.dir,
      env: { ...engineEnvironment(this.#engine, join(this.#base, "state")), ...this.#env, ...env },
      eventLog,
      timeoutMs,
    });
  }

  /** Runs a command that has to succeed and returns what it prints. */
  async #require(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args, {}).result;
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }
}
