// The real Pulumi CLI: each run has processes of its own, and what it keeps is in a folder.
import { setTimeout as sleep } from "node:timers/promises";

import { PulumiProject } from "../../e2e/harness/project";
import type { PulumiResult, PulumiRun } from "../../e2e/harness/run";
import type { Engine, EngineStack, Goal, Running } from "../engine";
import { Hung } from "../within";
import { textOf } from "./program-text";

/** A run takes seconds; one that takes longer than this hangs. */
const limitMs = 120_000;
/** How long the processes of a killed engine may stay. */
const orphanMs = 10_000;

/** One call at a time, so that requests come in the same order in each run. */
const options = { args: ["--parallel", "1"], timeoutMs: limitMs };

export class CliEngine implements Engine {
  private constructor(
    private readonly project: PulumiProject,
    private readonly empty: string,
    private readonly socket: string,
  ) {}

  static async create(socket: string): Promise<CliEngine> {
    const project = await PulumiProject.create({ program: "" });
    return new CliEngine(project, await project.stateText(), socket);
  }

  async stack(state = this.empty): Promise<EngineStack> {
    await this.project.setStateText(state);
    return new CliStack(this.project, this.socket);
  }

  dispose(): Promise<void> {
    return this.project.dispose();
  }
}

class CliStack implements EngineStack {
  constructor(
    private readonly project: PulumiProject,
    private readonly socket: string,
  ) {}

  async run(goal: Goal, begun: (running: Running) => void = () => undefined): Promise<Record<string, string>> {
    const begin = performance.now();
    const run = await this.#start(goal);
    begun({
      killProvider: () => run.killProvider(),
      killEngine: () => void run.signal("SIGKILL"),
      cancel: () => void run.signal("SIGINT"),
    });
    const result = await run.result;
    await ended(run);
    // Its lock is still there.
    if (result.code === -1) await this.project.cancel();
    if (performance.now() - begin > limitMs) throw new Hung(`pulumi did not end: ${run.output}`);
    return stepsOf(result);
  }

  async #start(goal: Goal): Promise<PulumiRun> {
    if (goal === "refresh" || goal === "destroy") return this.project.start(goal, ["--yes", "--skip-preview"], options);
    await this.project.setProgram(textOf(goal, this.socket));
    return this.project.startUp(options);
  }

  state(): Promise<string> {
    return this.project.stateText();
  }

  async isEmpty(): Promise<boolean> {
    const { checkpoint } = JSON.parse(await this.state()) as {
      checkpoint: { latest?: { resources?: { type: string }[] } };
    };
    return (checkpoint.latest?.resources ?? []).every(({ type }) => type.startsWith("pulumi:"));
  }
}

/** Nothing of a run may go on after it. */
async function ended(run: PulumiRun): Promise<void> {
  const end = performance.now() + orphanMs;
  while (run.processes().length > 0) {
    if (performance.now() > end) {
      await run.kill();
      throw new Hung(`processes of a run were still there ${orphanMs / 1000} s after its engine`);
    }
    await sleep(20);
  }
}

function stepsOf({ code, steps, messages, stdout, stderr }: PulumiResult): Record<string, string> {
  const errors = messages.filter(({ severity }) => severity === "error").map(({ text }) => text);
  if (code !== 0) throw new Error(errors.join("\n") || `pulumi ended with ${code}: ${stdout}${stderr}`);
  return Object.fromEntries(steps.map(({ name, op }) => [name, op]));
}
