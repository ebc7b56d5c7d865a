// Drives a kind's provider object as Pulumi's engine and its dynamic-provider server do, with a state of its own.
import { failureOf } from "./failures";
import { isPlugin, PluginProcess } from "./plugin-process";
import { Calls } from "../../../provider/engine/pulumi/calls";
import { type DynamicProvider } from "../../../provider/engine/pulumi/dynamic-provider";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import * as provider from "../../../provider";
import { type KindName, serializedProvider } from "../../../sdk/resource/resource";

type Props = Record<string, unknown>;

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An error that leaves a partially created resource, as the dynamic-provider server recognises it. */
interface Partial {
  id: string;
  properties: Props;
  reasons: string[];
  message: string;
}

export interface Failure {
  property: string;
  reason: string;
}

/** What happens around a resource in one run. */
interface Run {
  /** Another resource fails: the engine keeps replaced states for a later run to delete. */
  fails?: boolean;
}

/** One resource of one stack. */
export class StackResource {
  id: string | undefined;
  inputs: Props = {};
  outputs: Props = {};
  /** The engine updates a resource whose last step failed even if nothing differs. */
  failed = false;
  /** The stack's config, from the next `up` on: `lxd:project`. */
  config: Record<string, string> = {};
  /** Replaced states that no run has deleted yet. */
  readonly replaced: { id: string; outputs: Props }[] = [];
  readonly urn: string;
  readonly #text: string;
  #provider: DynamicProvider;

  constructor(
    readonly kindName: KindName,
    readonly name: string,
    readonly socket: string,
    { stack = "test" }: { stack?: string } = {},
  ) {
    this.urn = `urn:pulumi:${stack}::contract::pulumi-nodejs:dynamic/lxd:${kindName}::${name}`;
    this.#text = serializedProvider(kindName);
    this.#provider = this.#load();
  }

  /** The process of the provider is a new one, as in every run of Pulumi: nothing but the state is remembered. */
  forgetProcess(): void {
    resetRunRegistry();
    this.#provider = this.#load();
    void this.#provider.configure({ config: { get: (key) => this.config[key] } });
  }

  /** One whose stack has a config of its own. */
  useProvider(provider: DynamicProvider): void {
    this.#provider = provider;
  }

  /** What the text names, as the server finds it. */
  #load(): DynamicProvider {
    if (isPlugin) return new PluginProcess(new Calls(), { "lxd:socket": this.socket, ...this.config }).dynamic;
    const name = this.#text.split(".").at(-1) as keyof typeof provider;
    return provider[name]();
  }

  #bag(args: Props): Props {
    // What JavaScript leaves undefined never reaches a provider.
    const plain = JSON.parse(JSON.stringify(args)) as Props;
    // The plugin is configured with the server.
    const place = isPlugin ? {} : { remote: { socket: this.socket } };
    return { ...place, ...plain, __urn: this.urn, __provider: this.#text };
  }

  async check(args: Props): Promise<{ inputs: Props; failures: Failure[] }> {
    const checked = await this.#provider.check(this.id === undefined ? {} : this.inputs, this.#bag(args));
    return { failures: checked.failures.map(failureOf), inputs: { ...checked.inputs, __provider: this.#text } };
  }

  /** The failures that a preview shows. */
  async failures(args: Props): Promise<Failure[]> {
    resetRunRegistry();
    return (await this.check(args)).failures;
  }

  async preview(args: Props): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }> {
    const inputs = await this.#checked(args);
    return this.#provider.diff(this.id ?? "", this.outputs, inputs);
  }

  /** `pulumi up` for this resource. */
  async up(args: Props, run: Run = {}): Promise<"created" | "updated" | "replaced" | "same"> {
    this.forgetProcess();
    return this.upHere(args, run);
  }

  /** The same in this process, which knows its stack's config. */
  async upHere(args: Props, run: Run = {}): Promise<"created" | "updated" | "replaced" | "same"> {
    const done = await this.#bring(args);
    if (run.fails !== true) await this.#deleteReplaced();
    return done;
  }

  /** `pulumi up --replace URN`: no call before the delete shows the state that is replaced. */
  async replace(args: Props, run: Run = {}): Promise<void> {
    this.forgetProcess();
    const old = { id: this.id ?? "", outputs: this.outputs };
    this.id = undefined;
    await this.create(await this.#checked(args)).catch((error: unknown) => {
      if ("properties" in (error as object)) this.replaced.push(old);
      else this.id = old.id;
      throw error;
    });
    this.replaced.push(old);
    if (run.fails !== true) await this.#deleteReplaced();
  }

  async #bring(args: Props): Promise<"created" | "updated" | "replaced" | "same"> {
    const inputs = await this.#checked(args);
    if (this.id === undefined) {
      await this.create(inputs);
      return "created";
    }
    const difference = await this.#provider.diff(this.id, this.outputs, inputs);
    if (difference.replaces.length > 0) return this.#replace(args, difference.deleteBeforeReplace);
    if (!difference.changes && !this.failed) {
      this.inputs = inputs;
      return "same";
    }
    await this.#step(inputs, async () => {
      const { outs } = await this.#provider.update(this.id ?? "", this.outputs, inputs);
      return { id: this.id ?? "", outs };
    });
    return "updated";
  }

  async #deleteReplaced(): Promise<void> {
    for (const { id, outputs } of this.replaced.splice(0)) await this.#provider.delete(id, outputs);
  }

  /** `pulumi refresh`: false if the object is gone. */
  async refresh(): Promise<boolean> {
    const { id, props, inputs } = await this.#provider.read(this.id ?? "", this.outputs);
    if (id === "") {
      this.id = undefined;
      return false;
    }
    this.outputs = props;
    this.inputs = inputs ?? this.inputs;
    return true;
  }

  async destroy(): Promise<void> {
    this.forgetProcess();
    if (this.id !== undefined) await this.#provider.delete(this.id, this.outputs);
    this.id = undefined;
    await this.#deleteReplaced();
  }

  async #checked(args: Props): Promise<Props> {
    const { inputs, failures } = await this.check(args);
    if (failures.length > 0) throw new Error(failures.map((f) => `${f.property}: ${f.reason}`).join("\n"));
    return inputs;
  }

  /** The create step alone, with inputs that were checked before. */
  async create(inputs: Props): Promise<void> {
    await this.#step(inputs, () => this.#provider.create(inputs));
  }

  async #replace(args: Props, deleteFirst: boolean): Promise<"replaced"> {
    const [id, outputs] = [this.id ?? "", this.outputs];
    if (deleteFirst) await this.#provider.delete(id, outputs);
    this.id = undefined;
    try {
      await this.create(await this.#checked(args));
    } catch (error) {
      // The engine goes on with the old one unless a partially created one has taken its place.
      const isPartial = "properties" in (error as object);
      if (!isPartial && !deleteFirst) Object.assign(this, { id, failed: false });
      if (isPartial && !deleteFirst) this.replaced.push({ id, outputs });
      throw error;
    }
    if (!deleteFirst) this.replaced.push({ id, outputs });
    return "replaced";
  }

  async #step(inputs: Props, work: () => Promise<{ id: string; outs: Props }>): Promise<void> {
    try {
      const { id, outs } = await work();
      Object.assign(this, { id, inputs, outputs: outs, failed: false });
    } catch (error) {
      this.failed = true;
      const { id, properties } = error as Partial;
      if ("properties" in (error as object)) Object.assign(this, { id, inputs, outputs: properties });
      throw error;
    }
  }
}
