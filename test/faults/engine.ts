// What runs the programs of the scenarios: a Pulumi engine, played or real, with stacks that can be put back into a state.
import type { Program } from "./stack";

/** A program to bring the stack to. */
export type Goal = Program | "refresh" | "destroy";

/** A run that goes on, and what can happen to it. */
export interface Running {
  /** SIGKILL of the provider's process. */
  killProvider(): void;
  /** SIGKILL of the engine alone. */
  killEngine(): void;
  /** Ctrl-C. */
  cancel(): void;
}

export interface EngineStack {
  /**
   * Runs to the end, and gives what was done with each resource, `same` where nothing was. Fails with what the user is
   * told. `begun` is called before the first request.
   */
  run(goal: Goal, begun?: (running: Running) => void): Promise<Record<string, string>>;
  /** What a stack can be put back into. */
  state(): Promise<string>;
  /** Whether its state has no resource. */
  isEmpty(): Promise<boolean>;
}

export interface Engine {
  /** The stack in this state; without one a new stack. An engine has one stack at a time. */
  stack(state?: string): Promise<EngineStack>;
  dispose(): Promise<void>;
}
