// Plays Pulumi's engine over the resources of one stack: what it calls, in which order, and what it keeps when a call fails
// or the other side dies.
import { type Props } from "../../provider/kind/props";
import { Died, type ProviderProcess } from "./provider-process";

/** The exports of `pulumi-lxd/provider` that stacks name. */
export type Kind =
  | "IsoVolume"
  | "Image"
  | "GoldenBuild"
  | "Instance"
  | "Network"
  | "Exec"
  | "InstanceSnapshot"
  | "Profile"
  | "StoragePool"
  | "StorageVolume"
  | "Project";

/** A resource as the program declares it. */
export interface Resource {
  kind: Kind;
  name: string;
  /** Given the outputs of those declared before it. */
  args: (outputsOf: (name: string) => Props) => Props;
}

export type Program = readonly Resource[];

/** A resource as the state has it. */
export interface Stored {
  kind: Kind;
  name: string;
  id: string;
  inputs: Props;
  outputs: Props;
  /** Its last step failed: it is updated also if nothing differs. */
  hasFailed: boolean;
  /** Another has taken its place: it is deleted when a run gets that far. */
  isReplaced: boolean;
}

/** A step that left a resource in part, as the dynamic-provider server recognises it. */
interface Partial {
  id: string;
  properties: Props;
}

export type Steps = Record<string, "created" | "updated" | "replaced" | "same">;

const urnOf = ({ kind, name }: Pick<Resource, "kind" | "name">): string =>
  `urn:pulumi:faults::faults::pulumi-nodejs:dynamic/lxd:${kind}::${name}`;

/** What crosses the border between two processes. */
const sent = (props: Props): Props => JSON.parse(JSON.stringify(props)) as Props;

export class Stack {
  constructor(
    private readonly socket: string,
    readonly states: Stored[] = [],
  ) {}

  /** `pulumi up`: creates and updates in the program's order, then deletes. Ends with the first failure. */
  async up(program: Program, process: ProviderProcess): Promise<Steps> {
    const steps: Steps = {};
    for (const resource of program) steps[resource.name] = await this.#register(resource, process);
    const isDeclared = (stored: Stored): boolean => program.some((resource) => isSame(resource, stored));
    await this.#delete(
      this.states.filter((stored) => stored.isReplaced || !isDeclared(stored)),
      process,
    );
    return steps;
  }

  async destroy(process: ProviderProcess): Promise<void> {
    await this.#delete(this.states, process);
  }

  async refresh(process: ProviderProcess): Promise<void> {
    for (const stored of [...this.states]) {
      const { id, outputs } = stored;
      const read = await process.call(process.provider(stored.kind).read(id, sent(outputs)));
      if (read.id === "") this.#forget(stored);
      else Object.assign(stored, { outputs: sent(read.props), inputs: sent(read.inputs ?? stored.inputs) });
    }
  }

  #live(resource: Pick<Resource, "kind" | "name">): Stored | undefined {
    return this.states.find((stored) => !stored.isReplaced && isSame(resource, stored));
  }

  #forget(stored: Stored): void {
    this.states.splice(this.states.indexOf(stored), 1);
  }

  async #register(resource: Resource, process: ProviderProcess): Promise<Steps[string]> {
    const provider = process.provider(resource.kind);
    const stored = this.#live(resource);
    const inputs = await this.#check(resource, process, stored?.inputs ?? {});
    if (stored === undefined) {
      await this.#create(resource, process, inputs);
      return "created";
    }
    const diff = await process.call(provider.diff(stored.id, sent(stored.outputs), sent(inputs)));
    if (diff.replaces.length > 0) return this.#replace(resource, process, { stored, first: diff.deleteBeforeReplace });
    if (!diff.changes && !stored.hasFailed) {
      stored.inputs = inputs;
      return "same";
    }
    await this.#step(
      process.call(provider.update(stored.id, sent(stored.outputs), sent(inputs))),
      ({ outs }) => Object.assign(stored, { inputs, outputs: sent(outs), hasFailed: false }),
      ({ properties }) => Object.assign(stored, { inputs, outputs: sent(properties), hasFailed: true }),
    );
    return "updated";
  }

  async #check(resource: Resource, process: ProviderProcess, olds: Props): Promise<Props> {
    const outputsOf = (name: string): Props =>
      this.states.find((one) => one.name === name && !one.isReplaced)?.outputs ?? {};
    const args = { remote: { socket: this.socket }, ...resource.args(outputsOf), __urn: urnOf(resource) };
    const checked = await process.call(process.provider(resource.kind).check(sent(olds), sent(args)));
    if (checked.failures.length === 0) return sent(checked.inputs);
    throw new Error(checked.failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  }

  async #create({ kind, name }: Resource, process: ProviderProcess, inputs: Props): Promise<void> {
    const keep = (id: string, outputs: Props, hasFailed: boolean): void => {
      this.states.push({ kind, name, id, inputs, outputs: sent(outputs), hasFailed, isReplaced: false });
    };
    await this.#step(
      process.call(process.provider(kind).create(sent(inputs))),
      ({ id, outs }) => keep(id, outs, false),
      ({ id, properties }) => keep(id, properties, true),
    );
  }

  async #replace(
    resource: Resource,
    process: ProviderProcess,
    { stored, first }: { stored: Stored; first: boolean },
  ): Promise<"replaced"> {
    if (first) await this.#delete([stored], process);
    const inputs = await this.#check(resource, process, {});
    // Where the new one fails without a trace, the old one stays the one.
    stored.isReplaced = true;
    try {
      await this.#create(resource, process, inputs);
    } catch (error) {
      stored.isReplaced = this.#live(resource) !== undefined;
      throw error;
    }
    return "replaced";
  }

  /** The last made first. One that cannot be deleted stays in the state. */
  async #delete(states: readonly Stored[], process: ProviderProcess): Promise<void> {
    for (const stored of [...states].reverse()) {
      await process.call(process.provider(stored.kind).delete(stored.id, sent(stored.outputs)));
      this.#forget(stored);
    }
  }

  /** What a step leaves. Of a process that died nothing is known. */
  async #step<T>(work: Promise<T>, done: (result: T) => void, failed: (partial: Partial) => void): Promise<void> {
    try {
      done(await work);
    } catch (error) {
      if (!(error instanceof Died) && "properties" in (error as object)) failed(error as Partial);
      throw error;
    }
  }
}

const isSame = (resource: Pick<Resource, "kind" | "name">, stored: Stored): boolean =>
  resource.kind === stored.kind && resource.name === stored.name;
