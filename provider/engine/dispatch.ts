// Serves a resource kind to a host, which is Pulumi's dynamic-provider process or the plugin: selects the server, converts
// errors, stores the state.
import {
  type Checkpoint,
  inputsOfState,
  remoteOf,
  type StoredResource,
  storedResource,
  toProps,
} from "./stored-resource";
import { type Calls } from "./pulumi/calls";
import { Check } from "./check";
import { Redactor } from "./secrets/redactor";
import { compare, type Comparison, difference } from "./diff";
import { customTimeoutMs } from "./custom-timeouts";
import { type Difference, type DynamicProvider, partial, pathInReason, printedOnce } from "./pulumi/dynamic-provider";
import { type Props, withoutNulls } from "../kind/props";
import { type HeldObject, runRegistry } from "./run-registry";
import { type LifecycleOf } from "./lifecycle";
import { lifecycleOf } from "./action-lifecycle";
import { upgradeState } from "./state-upgrades";
import { withDefaults } from "./written-inputs";
import {
  type AnyKind,
  type Context,
  type Failure,
  type PartialInputs,
  type ServerIdentity,
  type ServerInputs,
} from "../kind/kind";
import { progressRow, type Rows } from "./pulumi/progress";
import { callsOfEngine } from "./pulumi/pulumi-engine";
import { ServerRegistry } from "./server-registry";
import { stackConfig, stackConfigFailures } from "./stack-config";
import { ReplacementTracker } from "./replacement-tracker";

interface Resource {
  props: Props;
  oldProps?: Props;
  /** Whether the resource is on the server that the state names. */
  isStored?: boolean;
  timeoutMs?: number | undefined;
}

export class Dispatch<Inputs extends ServerInputs, Outputs extends Inputs, Found = never> implements DynamicProvider {
  readonly #servers = new ServerRegistry();
  readonly #replacements = new ReplacementTracker<Inputs>();
  readonly #check: Check<Inputs, Outputs>;
  readonly #lifecycle: LifecycleOf<Inputs, Outputs>;

  constructor(
    readonly kind: AnyKind<Inputs, Outputs, Found>,
    private readonly calls: Calls = callsOfEngine(),
    private readonly rows: Rows = progressRow,
  ) {
    this.#check = new Check({ kind, servers: this.#servers, replacements: this.#replacements, rows });
    this.#lifecycle = lifecycleOf(kind);
  }

  configure({ config }: Parameters<DynamicProvider["configure"]>[0]): Promise<void> {
    this.#servers.config = stackConfig((key) => config.get(key));
    this.#servers.failures = stackConfigFailures(Object.keys(config.rawConfig ?? {}));
    return Promise.resolve();
  }

  /** `exists`: whether there is an object, which without olds is one to import. */
  check(
    olds: Props,
    news: Props,
    { exists = Object.keys(olds).length > 0 } = {},
  ): Promise<{ inputs: Props; failures: Failure[] }> {
    runRegistry().checked(String(news["__urn"]), exists);
    return this.calls.run(async (signal) => {
      const { inputs, failures } = await this.#check.run(olds, withoutNulls(news), signal);
      return { inputs, failures: failures.map(pathInReason) };
    });
  }

  diff(id: string, oldProps: Props, newProps: Props): Promise<Difference> {
    const olds = upgradeState(this.kind, oldProps);
    const found = difference(this.kind, olds as unknown as Outputs, newProps as unknown as Inputs);
    const held = this.#heldBy(olds, olds["__identity"] as string | undefined);
    runRegistry().compared(String(newProps["__urn"]), held, { state: olds, isReplaced: found.replaces.length > 0 });
    const { isIncomplete } = storedResource(id, olds);
    return Promise.resolve({ ...found, changes: found.changes || isIncomplete });
  }

  /** Compares a state with inputs of this run. */
  compare(oldProps: Props, newProps: Props): Comparison {
    return compare(this.kind, upgradeState(this.kind, oldProps) as unknown as Outputs, newProps as unknown as Inputs);
  }

  /** Returns how the server of a resource is reached, without asking it. */
  placeOf(remote: unknown): string {
    return this.#servers.connect(remoteOf({ remote })).transport.place;
  }

  /** Returns where the program wants a resource. Asks a server only if that is another place than in the state. */
  desired(remote: unknown, olds: ServerIdentity): Promise<ServerIdentity> {
    return this.calls.run((signal) => this.#servers.withSignal(signal).desired(remoteOf({ remote }), olds));
  }

  async create(props: Props, timeoutMs = customTimeoutMs(props, "create")): Promise<{ id: string; outs: Props }> {
    let made: { id: string; outs: Props } | undefined;
    const work = this.#inContext({ props, timeoutMs }, async (context, where) => {
      const { urn } = context;
      const checkpoint = (reached: Checkpoint<Outputs>): { id: string; outs: Props } => {
        made = { id: reached.id, outs: this.#toProps(reached, props, where) };
        this.#hold(urn, reached, made.outs);
        return made;
      };
      const replaced = this.#replacements.replacedInputs(urn) as PartialInputs<Outputs> | undefined;
      const importId = this.#replacements.isFirst(urn) ? (props["__import"] as string | undefined) : undefined;
      const isKnownAbsent = (id: string): boolean => runRegistry().takeAbsent(urn, `${this.kind.kindName} ${id}`);
      const call = { checkpoint, replaced, importId, isKnownAbsent, otherHolderOf: this.#otherHolderOf(urn, where) };
      return checkpoint(await this.#lifecycle.create(context, this.#whole(props), call));
    });
    return work.catch((error: unknown) => {
      throw made === undefined ? error : partial(error, made);
    });
  }

  /** `isImport`: the resource takes over the object that is read. */
  async read(
    id: string,
    oldProps: Props,
    { isImport = false } = {},
  ): Promise<{ id: string; props: Props; inputs?: Props }> {
    // `get` passes the inputs of the program.
    const values = upgradeState(this.kind, oldProps);
    const work = this.#inContext({ props: values, isStored: true }, async (context, where) => {
      const known = storedResource<Outputs>(id, values);
      const client = context.client.forManyReads(runRegistry());
      const reached = await this.#lifecycle.read({ ...context, client }, known);
      if (reached === undefined) return { id: "", props: {} };
      // Reading an incomplete object does not make it complete.
      const now = { ...reached, id, ...(known.isIncomplete && { isIncomplete: true }) };
      const kept = this.#toProps(now, values, where);
      const adopted = isImport ? (reached.owner ?? "") : values["__adopted"];
      if (isImport) await this.#holdFrom({ ...context, urn: reached.owner ?? context.urn }, known, kept);
      const props = adopted === undefined ? kept : { ...kept, __adopted: adopted };
      return { id, props, inputs: inputsOfState(props, this.kind) };
    });
    return printedOnce(work);
  }

  async update(
    id: string,
    oldProps: Props,
    newProps: Props,
    timeoutMs = customTimeoutMs(newProps, "update"),
  ): Promise<{ outs: Props }> {
    let left: { id: string; outs: Props } | undefined;
    const olds = upgradeState(this.kind, oldProps);
    const work = this.#inContext({ props: newProps, oldProps: olds, timeoutMs }, async (context, where) => {
      const { urn } = context;
      const checkpoint = (reached: Checkpoint<Outputs>): { id: string; outs: Props } => {
        left = { id, outs: this.#toProps(reached, newProps, where) };
        this.#hold(urn, reached, left.outs);
        return left;
      };
      const call = { checkpoint, otherHolderOf: this.#otherHolderOf(urn, where) };
      const known = storedResource<Outputs>(id, olds);
      return { outs: checkpoint(await this.#lifecycle.update(context, this.#whole(newProps), known, call)).outs };
    });
    return work.catch((error: unknown) => {
      throw left === undefined ? error : partial(error, left);
    });
  }

  async delete(id: string, oldProps: Props, timeoutMs = customTimeoutMs(oldProps, "delete")): Promise<void> {
    const props = upgradeState(this.kind, oldProps);
    const work = this.#inContext({ props, isStored: true, timeoutMs }, async (context, where) => {
      const isHeld = (identity: string): boolean => runRegistry().holderOf(this.#held(where, identity)) !== undefined;
      const { urn } = context;
      const isReplaced = runRegistry().isInProgram(urn);
      const live = runRegistry().liveState(urn) as Outputs | undefined;
      const mayBeUnmarked = oldProps["__schema"] === undefined;
      const adoptedFrom = oldProps["__adopted"] as string | undefined;
      const removal = { urn, mayBeUnmarked, adoptedFrom, isReplaced, live, isHeld };
      await this.#lifecycle.remove(context, storedResource<Outputs>(id, props), removal);
    });
    await printedOnce(work);
  }

  #toProps(reached: Checkpoint<Outputs>, props: Props, where: ServerIdentity): Props {
    return toProps(reached, { props, where, mayLack: this.kind.mayLack });
  }

  #whole(props: Props): Inputs {
    return withDefaults(this.kind, props) as unknown as Inputs;
  }

  #held({ __server: server, __at: at }: ServerIdentity, identity: string): HeldObject {
    return { kind: this.kind.kindName, server: server ?? at ?? "", identity };
  }

  #heldBy(where: ServerIdentity, identity: string | undefined): HeldObject | undefined {
    return identity === undefined ? undefined : this.#held(where, identity);
  }

  #hold(urn: string, { identity }: Checkpoint<Outputs>, outs: Props): void {
    const held = this.#heldBy(outs, identity);
    if (held !== undefined) runRegistry().hold(urn, held, outs);
  }

  /** An object that is imported stays although the resource that created it is removed from the program. */
  async #holdFrom(former: Context, known: StoredResource<Outputs>, outs: Props): Promise<void> {
    const urn = String(outs["__urn"]);
    const reached = former.urn === urn ? undefined : await this.#lifecycle.read(former, known);
    if (reached !== undefined) this.#hold(urn, reached, outs);
  }

  #otherHolderOf(urn: string, where: ServerIdentity): (identity: string) => string | undefined {
    return (identity) => {
      const holder = runRegistry().holderOf(this.#held(where, identity));
      return holder === urn ? undefined : holder;
    };
  }

  /** Runs work with the server and the display row of a resource, and removes secrets from its errors and messages. */
  #inContext<T>(resource: Resource, work: (context: Context, where: ServerIdentity) => Promise<T>): Promise<T> {
    return this.calls.run((signal) => this.#withSignal(signal, resource, work), resource.timeoutMs);
  }

  async #withSignal<T>(
    signal: AbortSignal,
    { props, oldProps: oldProps = {}, isStored = false }: Resource,
    work: (context: Context, where: ServerIdentity) => Promise<T>,
  ): Promise<T> {
    const urn = String(props["__urn"]);
    const servers = this.#servers.withSignal(signal);
    const { config, connect } = servers;
    const redactor = new Redactor([props, oldProps], config);
    const row = this.rows(urn, redactor);
    try {
      const client = isStored ? await servers.serverOf(remoteOf(props), props) : connect(remoteOf(props));
      const where = await servers.identify(client, props);
      const holder: Context["serverOf"] = (remote, known) => servers.serverOf(remote, known);
      return await work(
        { client, connect, serverOf: holder, urn, status: row.status, warn: row.warn, signal, config },
        where,
      );
    } catch (error) {
      throw redactor.redactError(error);
    } finally {
      await row.clear();
    }
  }
}
