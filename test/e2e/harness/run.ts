// One run of the Pulumi CLI: its output while it goes, its result at the end, and ways to kill it.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type Events, readEvents } from "./events";

export interface PulumiResult extends Events {
  /** Exit code; -1 for a run that was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly eventLog: string;
  readonly timeoutMs: number;
}

/** In the environment of the engine and of every plugin that it starts, each in a process group of its own. */
const marker = "PULUMI_LXD_TEST_RUN";

export class PulumiRun {
  readonly result: Promise<PulumiResult>;
  readonly #id = randomUUID();
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";

  constructor(options: RunOptions) {
    this.#child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { ...options.env, [marker]: this.#id },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.result = this.#finish(options);
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Waits until the output has the text; fails when the run ends without it. */
  async untilPrinted(text: string | RegExp): Promise<void> {
    const seen = (): boolean => (typeof text === "string" ? this.output.includes(text) : text.test(this.output));
    while (!seen()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`pulumi ended without printing ${String(text)}:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Sends a signal to the engine alone, as a terminal or the out-of-memory killer does: plugins are in process groups of
   * their own. Resolves when none of the run's processes is left, with the time that took.
   */
  async signal(signal: NodeJS.Signals): Promise<number> {
    const sent = performance.now();
    this.#child.kill(signal);
    while (this.processes().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    return performance.now() - sent;
  }

  /** Kills the process that serves the dynamic providers, of which the engine then knows nothing more. */
  killProvider(): void {
    for (const pid of this.processes().filter(isProvider)) killIfAlive(pid);
  }

  /** Kills the engine, the program and all plugins at once, as a power cut does; resolves when they are gone. */
  async kill(): Promise<PulumiResult> {
    for (let pids = this.processes(); pids.length > 0; pids = this.processes()) {
      for (const pid of pids) killIfAlive(pid);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.result;
  }

  /** Ids of what lives of this run: engine, language host, program, plugins. */
  processes(): number[] {
    return processesWith(`${marker}=${this.#id}`);
  }

  async #finish({ eventLog, timeoutMs }: RunOptions): Promise<PulumiResult> {
    const timer = setTimeout(() => {
      this.#stderr += `\n[no end within ${timeoutMs} ms: killed]`;
      void this.kill();
    }, timeoutMs);
    const code = await new Promise<number>((resolve, reject) => {
      this.#child.on("error", reject).on("close", (exitCode) => resolve(exitCode ?? -1));
    }).finally(() => clearTimeout(timer));
    return { code, stdout: this.#stdout, stderr: this.#stderr, ...readEvents(eventLog) };
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself since it was looked for.
  }
}

/** Not the shell that has started it and ends with it. */
function isProvider(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0")[1]?.includes("cmd/dynamic-provider") ?? false;
  } catch {
    return false;
  }
}

/** Ids of the processes with this entry in the environment that they were started with (Linux only). */
function processesWith(entry: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(entry);
    } catch {
      return false;
    }
  });
}
