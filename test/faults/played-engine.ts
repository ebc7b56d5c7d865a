// The engine that this process plays: a thousand cases in the time that the real CLI needs for some.
import type { Engine, EngineStack, Goal, Running } from "./engine";
import { inProcess, type ProviderProcess } from "./provider-process";
import { Stack, type Steps, type Stored } from "./stack";
import { within } from "./within";

export class PlayedEngine implements Engine {
  constructor(private readonly socket: string) {}

  stack(state = "[]"): Promise<EngineStack> {
    return Promise.resolve(new PlayedStack(new Stack(this.socket, JSON.parse(state) as Stored[])));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

class PlayedStack implements EngineStack {
  constructor(private readonly stack: Stack) {}

  run(goal: Goal, begun: (running: Running) => void = () => undefined): Promise<Steps> {
    return inProcess((process) => {
      begun({
        killProvider: () => process.kill(),
        killEngine: () => process.orphan(),
        cancel: () => process.cancel(),
      });
      return within(this.#act(goal, process));
    });
  }

  async #act(goal: Goal, process: ProviderProcess): Promise<Steps> {
    if (goal === "refresh") await this.stack.refresh(process);
    else if (goal === "destroy") await this.stack.destroy(process);
    else return this.stack.up(goal, process);
    return {};
  }

  state(): Promise<string> {
    return Promise.resolve(JSON.stringify(this.stack.states));
  }

  isEmpty(): Promise<boolean> {
    return Promise.resolve(this.stack.states.length === 0);
  }
}
