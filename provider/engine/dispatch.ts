// Serves a kind of resource to Pulumi's dynamic-provider process: finds the daemon, dresses errors, keeps the state.
import { inputsIn, keep, type Kept, knownIn, remoteOf } from "./stored-resource";
import { type Calls } from "./pulumi/calls";
import { Check } from "./check";
import { Confidential } from "./secrets/redactor";
import { difference } from "./diff";
import { type Difference, type DynamicProvider, partial, withoutStack } from "./pulumi/dynamic-provider";
import { type Bag } from "../kind/props";
import { type Held, holders } from "./run-registry";
import { type LifecycleOf } from "./lifecycle";
import { lifecycleOf } from "./action-lifecycle";
import { upgraded } from "./state-upgrades";
import { withDefaults } from "./written-inputs";
import {
  type AnyKind,
  type Context,
  type Draft,
  type Failure,
  type ServerInputs,
  type Whereabouts,
} from "../kind/kind";
import { progressRow } from "./pulumi/progress";
import { callsOfEngine } from "./pulumi/pulumi-engine";
import { Servers } from "./server-registry";
import { stackConfig, stackConfigFailures } from "./stack-config";
import { Succession } from "./replacement-tracker";

interface Resource {
  bag: Bag;
  oldBag?: Bag;
  /** It is on the server that the state names. */
  isStored?: boolean;
}

export class Dispatch<Inputs extends ServerInputs, Outputs extends Inputs, Found = never> implements DynamicProvider {
  readonly #servers = new Servers();
  readonly #succession = new Succession<Inputs>();
  readonly #check: Check<Inputs, Outputs>;
  readonly #lifecycle: LifecycleOf<Inputs, Outputs>;

  constructor(
    readonly kind: AnyKind<Inputs, Outputs, Found>,
    private readonly calls: Calls = callsOfEngine(),
  ) {
    this.#check = new Check({ kind, servers: this.#servers, succession: this.#succession });
    this.#lifecycle = lifecycleOf(kind);
  }

  configure({ config }: Parameters<DynamicProvider["configure"]>[0]): Promise<void> {
    this.#servers.config = stackConfig((key) => config.get(key));
    this.#servers.failures = stackConfigFailures(Object.keys(config.rawConfig ?? {}));
    return Promise.resolve();
  }

  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: Failure[] }> {
    holders().checked(String(news["__urn"]), Object.keys(olds).length > 0);
    return this.calls.run((signal) => this.#check.run(olds, news, signal));
  }

  diff(id: string, oldBag: Bag, newBag: Bag): Promise<Difference> {
    const olds = upgraded(this.kind, oldBag);
    const found = difference(this.kind, olds as unknown as Outputs, newBag as unknown as Inputs);
    const held = this.#heldBy(olds, olds["__identity"] as string | undefined);
    holders().compared(String(newBag["__urn"]), held, { state: olds, isReplaced: found.replaces.length > 0 });
    const { isIncomplete } = knownIn(id, olds);
    return Promise.resolve({ ...found, changes: found.changes || isIncomplete });
  }

  async create(bag: Bag): Promise<{ id: string; outs: Bag }> {
    let made: { id: string; outs: Bag } | undefined;
    const work = this.#inContext({ bag }, async (context, where) => {
      const { urn } = context;
      const checkpoint = (kept: Kept<Outputs>): { id: string; outs: Bag } => {
        made = { id: kept.id, outs: keep(kept, bag, where) };
        this.#hold(urn, kept, made.outs);
        return made;
      };
      const replaced = this.#succession.replacedBy(urn) as Draft<Outputs> | undefined;
      const importId = this.#succession.isFirst(urn) ? (bag["__import"] as string | undefined) : undefined;
      const call = { checkpoint, replaced, importId, otherHolderOf: this.#otherHolderOf(urn, where) };
      return checkpoint(await this.#lifecycle.create(context, this.#whole(bag), call));
    });
    return work.catch((error: unknown) => {
      throw made === undefined ? error : partial(error, made);
    });
  }

  async read(id: string, oldBag: Bag): Promise<{ id: string; props: Bag; inputs?: Bag }> {
    const bag = upgraded(this.kind, oldBag);
    const work = this.#inContext({ bag, isStored: true }, async (context, where) => {
      const known = knownIn<Outputs>(id, bag);
      const kept = await this.#lifecycle.read(context, known);
      if (kept === undefined) return { id: "", props: {} };
      // To look at an object makes nothing of it complete.
      const props = keep({ ...kept, id, ...(known.isIncomplete && { isIncomplete: true }) }, bag, where);
      return { id, props, inputs: inputsIn(props, this.kind) };
    });
    return withoutStack(work);
  }

  async update(id: string, oldBag: Bag, newBag: Bag): Promise<{ outs: Bag }> {
    let left: { id: string; outs: Bag } | undefined;
    const olds = upgraded(this.kind, oldBag);
    const work = this.#inContext({ bag: newBag, oldBag: olds }, async (context, where) => {
      const { urn } = context;
      const checkpoint = (kept: Kept<Outputs>): { id: string; outs: Bag } => {
        left = { id, outs: keep(kept, newBag, where) };
        this.#hold(urn, kept, left.outs);
        return left;
      };
      const call = { checkpoint, otherHolderOf: this.#otherHolderOf(urn, where) };
      const known = knownIn<Outputs>(id, olds);
      return { outs: checkpoint(await this.#lifecycle.update(context, this.#whole(newBag), known, call)).outs };
    });
    return work.catch((error: unknown) => {
      throw left === undefined ? error : partial(error, left);
    });
  }

  async delete(id: string, oldBag: Bag): Promise<void> {
    const bag = upgraded(this.kind, oldBag);
    const work = this.#inContext({ bag, isStored: true }, async (context, where) => {
      const isHeld = (identity: string): boolean => holders().holderOf(this.#held(where, identity)) !== undefined;
      const { urn } = context;
      const isReplaced = holders().isInProgram(urn);
      const live = holders().liveState(urn) as Outputs | undefined;
      const removal = { urn, mayBeUnmarked: oldBag["__schema"] === undefined, isReplaced, live, isHeld };
      await this.#lifecycle.remove(context, knownIn<Outputs>(id, bag), removal);
    });
    await withoutStack(work);
  }

  #whole(bag: Bag): Inputs {
    return withDefaults(this.kind, bag) as unknown as Inputs;
  }

  #held({ __server: server, __at: at }: Whereabouts, identity: string): Held {
    return { kind: this.kind.noun, server: server ?? at ?? "", identity };
  }

  #heldBy(where: Whereabouts, identity: string | undefined): Held | undefined {
    return identity === undefined ? undefined : this.#held(where, identity);
  }

  #hold(urn: string, { identity }: Kept<Outputs>, outs: Bag): void {
    const held = this.#heldBy(outs, identity);
    if (held !== undefined) holders().hold(urn, held, outs);
  }

  #otherHolderOf(urn: string, where: Whereabouts): (identity: string) => string | undefined {
    return (identity) => {
      const holder = holders().holderOf(this.#held(where, identity));
      return holder === urn ? undefined : holder;
    };
  }

  /** Does some work with the daemon and the row in the display that belong to a resource; what it says has no secrets. */
  #inContext<T>(resource: Resource, work: (context: Context, where: Whereabouts) => Promise<T>): Promise<T> {
    return this.calls.run((signal) => this.#withSignal(signal, resource, work));
  }

  async #withSignal<T>(
    signal: AbortSignal,
    { bag, oldBag = {}, isStored = false }: Resource,
    work: (context: Context, where: Whereabouts) => Promise<T>,
  ): Promise<T> {
    const urn = String(bag["__urn"]);
    const servers = this.#servers.withSignal(signal);
    const { config, connect } = servers;
    const confidential = new Confidential([bag, oldBag], config);
    const row = progressRow(urn, confidential);
    try {
      const client = isStored ? await servers.holder(remoteOf(bag), bag) : connect(remoteOf(bag));
      const where = await servers.met(client, bag);
      const holder: Context["holder"] = (remote, known) => servers.holder(remote, known);
      return await work({ client, connect, holder, urn, status: row.status, warn: row.warn, signal, config }, where);
    } catch (error) {
      throw confidential.hideIn(error);
    } finally {
      row.clear();
    }
  }
}
