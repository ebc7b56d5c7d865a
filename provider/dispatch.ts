// Serves a noun to Pulumi's dynamic-provider process: finds the daemon, dresses errors, keeps the bookkeeping.
import { inputsIn, keep, remoteOf } from "./bookkeeping";
import { Check } from "./check";
import { type Client } from "./client/client";
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
    let made: { id: string; outputs: Outputs } | undefined;
    const created = (id: string, outputs: Outputs): void => void (made = { id, outputs });
    return this.#inContext(bag, this.#servers.connect(remoteOf(bag)), async (context, where) => {
      const replaced = this.#succession.replacedBy(context.urn) as Draft<Outputs> | undefined;
      const importId = this.#succession.isFirst(context.urn) ? (bag["__import"] as string | undefined) : undefined;
      try {
        const inputs = bag as unknown as Inputs;
        const { id, outputs, isTakenOver } = await this.kind.create(
          { ...context, created, replaced, importId },
          inputs,
        );
        if (isTakenOver === true) this.#succession.takeOver(placeOf(id, context.client));
        return { id, outs: keep(outputs, bag, where) };
      } catch (error) {
        throw made === undefined ? error : partial(error, made.id, keep(made.outputs, bag, where));
      }
    });
  }

  async read(id: string, bag: Bag): Promise<{ id: string; props: Bag; inputs?: Bag }> {
    return this.#inContext(bag, await this.#holder(bag), async (context, where) => {
      const outputs = await withoutStack(this.kind.read(context, id, bag as unknown as Outputs));
      if (outputs === undefined) return { id: "", props: {} };
      const props = keep(outputs, bag, where);
      return { id, props, inputs: inputsIn(props, this.kind.policies) };
    });
  }

  async update(id: string, oldBag: Bag, newBag: Bag): Promise<{ outs: Bag }> {
    return this.#inContext(newBag, this.#servers.connect(remoteOf(newBag)), async (context, where) => {
      const news = newBag as unknown as Inputs;
      return { outs: keep(await this.kind.update(context, id, oldBag as unknown as Outputs, news), newBag, where) };
    });
  }

  async delete(id: string, bag: Bag): Promise<void> {
    const client = await this.#holder(bag);
    if (this.#succession.isOwnSuccessor(placeOf(id, client))) return;
    const state = bag as unknown as Outputs;
    await this.#inContext(bag, client, (context) => withoutStack(this.kind.remove(context, id, state)));
  }

  #holder(bag: Bag): Promise<Client> {
    return withoutStack(this.#servers.holder(remoteOf(bag), bag));
  }

  /** Does some work with the daemon and the row in the display that belong to a resource. */
  async #inContext<T>(
    bag: Bag,
    client: Client,
    work: (context: Context, where: Whereabouts) => Promise<T>,
  ): Promise<T> {
    const urn = String(bag["__urn"]);
    const row = progressRow(urn);
    try {
      const where = await this.#servers.met(client, bag);
      const { config, connect } = this.#servers;
      return await work({ client, connect, urn, status: row.status, config }, where);
    } finally {
      row.clear();
    }
  }
}

function placeOf(id: string, client: Client): string {
  return `${client.transport.place} ${id}`;
}
