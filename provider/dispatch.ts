// Serves a noun to Pulumi's dynamic-provider process: finds the daemon, dresses errors, keeps the bookkeeping.
import { inputsIn, keep, remoteOf } from "./bookkeeping";
import { Check } from "./check";
import { type Client } from "./client/client";
import { Confidential } from "./confidential";
import { difference, type Difference } from "./diff";
import { type Bag, type DynamicProvider, partial, withoutStack } from "./dynamic-provider";
import { type Context, type Draft, type Failure, type ResourceKind, type ServerInputs } from "./kind";
import { progressRow } from "./progress";
import { Servers, type Whereabouts } from "./servers";
import { stackConfig } from "./stack-config";
import { Succession } from "./succession";

export class Dispatch<Inputs extends ServerInputs, Outputs extends Inputs> implements DynamicProvider {
  readonly #servers = new Servers();
  readonly #succession = new Succession<Inputs>();
  readonly #check: Check<Inputs, Outputs>;

  constructor(readonly kind: ResourceKind<Inputs, Outputs>) {
    this.#check = new Check({ kind, servers: this.#servers, succession: this.#succession });
  }

  configure({ config }: Parameters<DynamicProvider["configure"]>[0]): Promise<void> {
    this.#servers.config = stackConfig((key) => config.get(key));
    return Promise.resolve();
  }

  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: Failure[] }> {
    return this.#check.run(olds, news);
  }

  diff(_id: string, olds: Bag, news: Bag): Promise<Difference> {
    return Promise.resolve(difference(this.kind, olds as unknown as Outputs, news as unknown as Inputs));
  }

  async create(bag: Bag): Promise<{ id: string; outs: Bag }> {
    let made: { id: string; outs: Bag } | undefined;
    const work = this.#inContext({ bag }, async (context, where) => {
      const { urn, client } = context;
      const created = (id: string, outputs: Outputs): void => void (made = { id, outs: keep(outputs, bag, where) });
      const replaced = this.#succession.replacedBy(urn) as Draft<Outputs> | undefined;
      const importId = this.#succession.isFirst(urn) ? (bag["__import"] as string | undefined) : undefined;
      const surroundings = { ...context, created, replaced, importId };
      const { id, outputs, isTakenOver } = await this.kind.create(surroundings, bag as unknown as Inputs);
      if (isTakenOver === true) this.#succession.takeOver(placeOf(id, client));
      return { id, outs: keep(outputs, bag, where) };
    });
    return work.catch((error: unknown) => {
      throw made === undefined ? error : partial(error, made);
    });
  }

  async read(id: string, bag: Bag): Promise<{ id: string; props: Bag; inputs?: Bag }> {
    const work = this.#inContext({ bag, isStored: true }, async (context, where) => {
      const outputs = await this.kind.read(context, id, bag as unknown as Outputs);
      if (outputs === undefined) return { id: "", props: {} };
      const props = keep(outputs, bag, where);
      return { id, props, inputs: inputsIn(props, this.kind.policies) };
    });
    return withoutStack(work);
  }

  async update(id: string, oldBag: Bag, newBag: Bag): Promise<{ outs: Bag }> {
    let left: { id: string; outs: Bag } | undefined;
    const work = this.#inContext({ bag: newBag, oldBag }, async (context, where) => {
      const kept = (outputs: Outputs): void => void (left = { id, outs: keep(outputs, newBag, where) });
      const olds = oldBag as unknown as Outputs;
      const news = newBag as unknown as Inputs;
      return { outs: keep(await this.kind.update({ ...context, kept }, id, olds, news), newBag, where) };
    });
    return work.catch((error: unknown) => {
      throw left === undefined ? error : partial(error, left);
    });
  }

  async delete(id: string, bag: Bag): Promise<void> {
    const work = this.#inContext({ bag, isStored: true }, async (context) => {
      if (this.#succession.isOwnSuccessor(placeOf(id, context.client))) return;
      await this.kind.remove(context, id, bag as unknown as Outputs);
    });
    await withoutStack(work);
  }

  /** Does some work with the daemon and the row in the display that belong to a resource; what it says has no secrets. */
  async #inContext<T>(
    { bag, oldBag = {}, isStored = false }: { bag: Bag; oldBag?: Bag; isStored?: boolean },
    work: (context: Context, where: Whereabouts) => Promise<T>,
  ): Promise<T> {
    const urn = String(bag["__urn"]);
    const { config, connect } = this.#servers;
    const confidential = new Confidential([bag, oldBag], config);
    const row = progressRow(urn, confidential);
    try {
      const client = isStored ? await this.#servers.holder(remoteOf(bag), bag) : connect(remoteOf(bag));
      const where = await this.#servers.met(client, bag);
      const holder: Context["holder"] = (remote, known) => this.#servers.holder(remote, known);
      return await work({ client, connect, holder, urn, status: row.status, config }, where);
    } catch (error) {
      throw confidential.hideIn(error);
    } finally {
      row.clear();
    }
  }
}

function placeOf(id: string, client: Client): string {
  return `${client.transport.place} ${id}`;
}
