// A stack of several resources, driven as Pulumi's engine and its dynamic-provider server drive a provider.
//
// One process serves a run. The engine goes through the program in order; deletes come last, and only if nothing failed.
import { type KindName, serializedProvider, typeOf } from "../../../sdk/resource/resource";
import { type Difference } from "../../../provider/engine/pulumi/dynamic-provider";
import { type FlakySocket } from "./flaky-socket";
import { isPlugin } from "./plugin-process";
import { Killed, StackProcess } from "./stack-process";
import { type Declared, type Props, RunError, StackState, type StepTaken, type Stored } from "./stack-state";

export type { Props, Declared, Stored } from "./stack-state";
export { RunError } from "./stack-state";

export interface UpOptions {
  /** `--replace URN` */
  replace?: string[];
  /** `--target URN` */
  target?: string[];
  /** Resources that do not depend on each other: all are checked, then all are brought side by side. */
  atOnce?: boolean;
}

interface Partial {
  id: string;
  properties: Props;
}

interface Goal {
  declared: Declared;
  urn: string;
  old: Stored | undefined;
  bag: Props;
}

export class Stack {
  readonly state = new StackState();
  /** What the last run did. */
  steps: StepTaken[] = [];
  config: Record<string, string> = {};
  #process: StackProcess;

  constructor(
    readonly socket: string,
    readonly stack = "test",
    private readonly isInPlugin = isPlugin,
  ) {
    this.#process = this.#newProcess();
  }

  /** The plugin is configured with the server, which a dynamic provider is told by each resource. */
  #newProcess(): StackProcess {
    const place = this.isInPlugin ? { "lxd:socket": this.socket } : {};
    return new StackProcess({ ...place, ...this.config }, this.isInPlugin);
  }

  urn(kindName: KindName, name: string, parent?: string): string {
    const type = parent === undefined ? typeOf(kindName) : `${parent}$${typeOf(kindName)}`;
    return `urn:pulumi:${this.stack}::contract::${type}::${name}`;
  }

  urnOf({ kindName, name, parent }: Declared): string {
    return this.urn(kindName, name, parent);
  }

  /** The live state of a resource. */
  find(name: string): Stored | undefined {
    return this.state.resources.find((each) => each.name === name && each.isPendingDelete !== true);
  }

  outputsOf(name: string): Props {
    const found = this.find(name);
    if (found === undefined) throw new Error(`the stack has no resource ${name}`);
    return found.outputs;
  }

  /** What the last run did with the resource of a name, first to last. */
  stepsOf(name: string): StepTaken["step"][] {
    return this.steps.filter(({ urn }) => urn.endsWith(`::${name}`)).map(({ step }) => step);
  }

  /** `pulumi up`. Throws what failed, after everything that does not depend on it. */
  up(program: Declared[], options: UpOptions = {}): Promise<void> {
    return this.#run(async (failures) => {
      const before = this.state.resources;
      const isTarget = (urn: string): boolean => options.target === undefined || options.target.includes(urn);
      const targets = program.filter((declared) => isTarget(this.urnOf(declared)));
      if (options.atOnce === true) await this.#bringAtOnce(targets, options, failures);
      else
        for (const declared of targets)
          await this.#guarded(failures, this.urnOf(declared), async () => (await this.#plan(declared, options))());
      const urns = program.map((declared) => this.urnOf(declared));
      if (failures.length > 0) return;
      const live = this.state.resources.filter(({ urn }) => urns.includes(urn));
      const isGoing = (each: Stored): boolean => each.isPendingDelete === true || !live.some((l) => l.urn === each.urn);
      const order = [...this.state.resources].sort((a, b) => placeIn(before, b) - placeIn(before, a));
      await this.#deleteAll(
        order.filter((each) => isTarget(each.urn) && isGoing(each)),
        failures,
      );
    });
  }

  /** `pulumi preview`: everything is checked and compared. Throws what the checks say against the program. */
  preview(program: Declared[]): Promise<void> {
    return this.#run(async (failures) => {
      for (const declared of program)
        await this.#guarded(failures, this.urnOf(declared), async () => {
          await this.#plan(declared, {});
        });
    });
  }

  /** `pulumi refresh`: what is to be deleted is read, too. */
  refresh(): Promise<void> {
    return this.#run(async (failures) => {
      for (const old of this.state.resources)
        await this.#guarded(failures, old.urn, async () => {
          const { id, outputs, kindName } = old;
          const read = (await this.#process.call(kindName, "read", id, outputs)) as {
            id: string;
            props: Props;
            inputs?: Props;
          };
          if (read.id === "") {
            this.state.drop(old);
            this.#took(old.urn, "gone");
            return;
          }
          const inputs = read.inputs === undefined ? old.inputs : withProvider(kindName, read.inputs);
          // A read that succeeds is a healthy resource, whatever failed before.
          const now = { ...old, inputs, outputs: withProvider(kindName, read.props), hasInitErrors: false };
          await this.#process.call(kindName, "diff", id, now.outputs, old.inputs);
          this.state.put(now, old);
          this.#took(old.urn, "refreshed");
        });
    });
  }

  /** `pulumi destroy`: no resource is checked before it is deleted. */
  destroy(): Promise<void> {
    return this.#run((failures) => this.#deleteAll([...this.state.resources].reverse(), failures));
  }

  /** A run that is killed when the daemon has a request that matches: the process and the engine with it. */
  async killedAt(proxy: FlakySocket, matches: RegExp, run: () => Promise<void>): Promise<boolean> {
    const cut = proxy.cutAt(matches).then(async () => {
      proxy.isClosed = true;
      proxy.cutAll();
      await this.#process.kill();
      proxy.isClosed = false;
      return true;
    });
    const ended = run().then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        return cut;
      },
    );
    return ended.finally(() => proxy.heal());
  }

  /** SIGKILL of engine and provider in the middle of a run; to be called when nothing more of it reaches the daemon. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Ctrl-C in the middle of a run. */
  cancel(): void {
    this.#process.cancel();
  }

  async #run(work: (failures: string[]) => Promise<void>): Promise<void> {
    await this.#process.close();
    this.#process = this.#newProcess();
    this.steps = [];
    const failures: string[] = [];
    await work(failures);
    if (failures.length > 0) throw new RunError(failures);
  }

  async #guarded(failures: string[], urn: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Killed) throw error;
      failures.push(`${urn}: ${(error as Error).message}`);
    }
  }

  async #deleteAll(going: Stored[], failures: string[]): Promise<void> {
    for (const old of going)
      await this.#guarded(failures, old.urn, async () => {
        await this.#process.call(old.kindName, "delete", old.id, old.outputs);
        this.state.drop(old);
        this.#took(old.urn, "deleted");
      });
  }

  async #bringAtOnce(program: Declared[], options: UpOptions, failures: string[]): Promise<void> {
    const planned: { urn: string; step: () => Promise<void> }[] = [];
    for (const declared of program) {
      const urn = this.urnOf(declared);
      await this.#guarded(failures, urn, async () => {
        planned.push({ urn, step: await this.#plan(declared, options) });
      });
    }
    await Promise.all(planned.map(({ urn, step }) => this.#guarded(failures, urn, step)));
  }

  /** Checks one resource of the program; returns the step that brings it. */
  async #plan(declared: Declared, { replace = [] }: UpOptions): Promise<() => Promise<void>> {
    const urn = this.urnOf(declared);
    const old = this.state.find([urn, ...(declared.aliases ?? [])]);
    const goal = { declared, urn, old, bag: this.#bag(declared) };
    const isForced = replace.includes(urn);
    const inputs = await this.#check(goal, old === undefined || isForced ? {} : old.inputs);
    if (old === undefined) return () => this.#create(goal, inputs, "created");
    if (isForced) return () => this.#replace(goal, inputs, declared.deleteBeforeReplace === true);
    const difference = (await this.#process.call(declared.kindName, "diff", old.id, old.outputs, inputs)) as Difference;
    if (difference.replaces.length > 0) {
      const again = await this.#check(goal, {});
      return () => this.#replace(goal, again, declared.deleteBeforeReplace ?? difference.deleteBeforeReplace);
    }
    if (difference.changes || old.hasInitErrors === true) return () => this.#update(goal, old, inputs);
    return () => {
      this.state.put({ ...old, ...nameOf(goal), inputs }, old);
      this.#took(urn, "same");
      return Promise.resolve();
    };
  }

  #bag({ kindName, name, args, parent, import: importId }: Declared): Props {
    const own = typeof args === "function" ? args((other) => this.outputsOf(other)) : args;
    const internal = { __urn: this.urn(kindName, name, parent), __import: importId };
    const place = this.isInPlugin ? {} : { remote: { socket: this.socket } };
    return withProvider(kindName, { ...place, ...own, ...internal });
  }

  async #check({ declared, bag: props }: Goal, olds: Props): Promise<Props> {
    const checked = (await this.#process.call(declared.kindName, "check", olds, props)) as {
      inputs: Props;
      failures: { property: string; reason: string }[];
    };
    if (checked.failures.length > 0) throw new Error(checked.failures.map((f) => f.reason).join());
    return withProvider(declared.kindName, checked.inputs);
  }

  /** The old one is deleted first, or marked once there is a new one, be it a partial one. */
  async #replace(goal: Goal, inputs: Props, isFirst: boolean): Promise<void> {
    const { old, declared } = goal;
    if (old === undefined) return;
    if (isFirst) {
      await this.#process.call(declared.kindName, "delete", old.id, old.outputs);
      this.state.drop(old);
    }
    const states = (): number => this.state.resources.filter(({ urn }) => urn === goal.urn).length;
    const before = states();
    try {
      await this.#create(goal, inputs, "replaced");
    } finally {
      const isThere = states() > before;
      if (!isFirst && isThere) this.state.put({ ...old, isPendingDelete: true }, old);
    }
  }

  async #create(goal: Goal, inputs: Props, step: StepTaken["step"]): Promise<void> {
    const { kindName } = goal.declared;
    await this.#stored(goal, { inputs }, async () => {
      const { id, outs } = (await this.#process.call(kindName, "create", inputs)) as { id: string; outs: Props };
      this.state.put({ ...nameOf(goal), id, inputs, outputs: withProvider(kindName, outs) });
      this.#took(goal.urn, step);
    });
  }

  async #update(goal: Goal, old: Stored, inputs: Props): Promise<void> {
    const { kindName } = goal.declared;
    await this.#stored(goal, { inputs, old }, async () => {
      const { outs } = (await this.#process.call(kindName, "update", old.id, old.outputs, inputs)) as { outs: Props };
      this.state.put({ ...nameOf(goal), id: old.id, inputs, outputs: withProvider(kindName, outs) }, old);
      this.#took(goal.urn, "updated");
    });
  }

  /** An error with an ID and properties leaves a resource that the engine keeps; any other leaves the state as it was. */
  async #stored(
    goal: Goal,
    { inputs, old }: { inputs: Props; old?: Stored },
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if ("properties" in (error as object)) {
        const { id, properties } = error as Partial;
        const outputs = withProvider(goal.declared.kindName, properties);
        this.state.put({ ...nameOf(goal), id, inputs, outputs, hasInitErrors: true }, old);
      }
      throw error;
    }
  }

  #took(urn: string, step: StepTaken["step"]): void {
    this.steps.push({ urn, step });
  }
}

function nameOf({ urn, declared }: Goal): Pick<Stored, "urn" | "kindName" | "name"> {
  return { urn, kindName: declared.kindName, name: declared.name };
}

function withProvider(kindName: KindName, props: Props): Props {
  return { ...props, __provider: serializedProvider(kindName) };
}

/** Where a resource was when the run began; what this run made comes last. */
function placeIn(before: Stored[], { urn }: Stored): number {
  const at = before.findIndex((each) => each.urn === urn);
  return at === -1 ? before.length : at;
}
