// Serves a noun to Pulumi's dynamic-provider process: finds the daemon, dresses errors, keeps the bookkeeping inputs.
import { isDeepStrictEqual } from "node:util";
import { type Client } from "./client/client";
import { difference, type Difference } from "./diff";
import { LxdError } from "./errors";
import {
  type Completion,
  type Context,
  type Draft,
  type Failure,
  type ResourceKind,
  type ServerInputs,
  type StackConfig,
} from "./kind";
import { plain } from "./plain";
import { progressRow } from "./progress";
import { isElsewhere, Servers, type Whereabouts } from "./servers";
import { hasUnknown } from "./unknowns";
import { validate } from "./validate";

type Bag = Record<string, unknown>;

/** The shape that Pulumi's dynamic-provider server calls. */
export interface DynamicProvider {
  configure: (request: { config: { get: (key: string) => string | undefined } }) => Promise<void>;
  check: (olds: Bag, news: Bag) => Promise<{ inputs: Bag; failures: Failure[] }>;
  diff: (id: string, olds: Bag, news: Bag) => Promise<Difference>;
  create: (inputs: Bag) => Promise<{ id: string; outs: Bag }>;
  read: (id: string, state: Bag) => Promise<{ id: string; props: Bag; inputs?: Bag }>;
  update: (id: string, olds: Bag, news: Bag) => Promise<{ outs: Bag }>;
  delete: (id: string, state: Bag) => Promise<void>;
}

/** The keys of the stack's config, each `lxd:KEY`. */
const configKeys = [
  "remote",
  "socket",
  "address",
  "serverCertificateFingerprint",
  "certificateAuthority",
  "clientCertificate",
  "clientKey",
  "trustToken",
  "bearerToken",
  "project",
  "parallel",
  "parallelBuilds",
] as const satisfies (keyof StackConfig)[];

export class Dispatch<Inputs extends ServerInputs, Outputs extends Inputs> implements DynamicProvider {
  readonly #servers = new Servers();
  /** Old inputs by URN: a check without olds that follows one with olds is that of a replacement. */
  readonly #checked = new Map<string, Draft<Inputs>>();
  readonly #replaced = new Map<string, Draft<Inputs>>();
  /**
   * Objects that a create of this process has found instead of making them. If that create replaced something, it is
   * they themselves: with `pulumi up --replace` no provider learns that there is an old object before it is deleted.
   */
  readonly #takenOver = new Set<string>();
  /** The URNs of what is wanted on another server: it is made there as if there were no old one. */
  readonly #moved = new Set<string>();

  constructor(readonly kind: ResourceKind<Inputs, Outputs>) {}

  configure({ config }: Parameters<DynamicProvider["configure"]>[0]): Promise<void> {
    this.#servers.config = Object.fromEntries(configKeys.map((key) => [key, config.get(`lxd:${key}`)]));
    return Promise.resolve();
  }

  async check(oldBag: Bag, newBag: Bag): Promise<{ inputs: Bag; failures: Failure[] }> {
    const { __urn: urn, __provider, __import: importId, __replaceOnChanges, __at, __server, ...bag } = newBag;
    const { given, kept } = this.#separate(String(urn), { oldBag, bag });
    const { value, failures } = validate(this.kind.schema, given);
    const row = progressRow(String(urn));
    const known = { urn: String(urn), importId: importId as string | undefined, kept, status: row.status };
    const completion = this.#completion(value as Draft<Inputs>, oldBag, known);
    try {
      const completed = await this.kind.complete(completion);
      failures.push(...this.kind.rules(completed.draft), ...completed.failures);
      const where = await this.#servers.wanted(completed.draft.remote, oldBag);
      if (isElsewhere(oldBag, where)) this.#move(String(urn));
      failures.push(...(await this.#preflight(completion, completed.draft)));
      // What failed is unknown in the draft, and outside of a preview the engine takes no unknowns, not even then.
      if (failures.length > 0) return { inputs: newBag, failures };
      const bookkeeping = { __urn: urn, __import: importId, __replaceOnChanges, ...where };
      return { inputs: plain({ ...completed.draft, ...bookkeeping }), failures };
    } catch (error) {
      failures.push({ property: "", reason: LxdError.from(error).message });
      return { inputs: newBag, failures };
    } finally {
      row.clear();
    }
  }

  /** A client for a server, which it is to know by the stack's config as far as `remote` does not say. */
  readonly connect = (remote: ServerInputs["remote"]): Client => this.#servers.client(remote);

  get config(): StackConfig {
    return this.#servers.config;
  }

  diff(_id: string, olds: Bag, news: Bag): Promise<Difference> {
    return Promise.resolve(difference(this.kind, olds as unknown as Outputs, news as unknown as Inputs));
  }

  async create(bag: Bag): Promise<{ id: string; outs: Bag }> {
    let made: { id: string; outputs: Outputs } | undefined;
    const created = (id: string, outputs: Outputs): void => void (made = { id, outputs });
    return this.#inContext(bag, this.#servers.client(remoteOf(bag)), async (context, where) => {
      const replaced = this.#replaced.get(context.urn) as Draft<Outputs> | undefined;
      const isFirst = replaced === undefined && !this.#moved.has(context.urn);
      const importId = isFirst ? (bag["__import"] as string | undefined) : undefined;
      try {
        const inputs = bag as unknown as Inputs;
        const { id, outputs, isTakenOver } = await this.kind.create(
          { ...context, created, replaced, importId },
          inputs,
        );
        if (isTakenOver === true) this.#takenOver.add(placeOf(id, context.client));
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
      return { id, props, inputs: this.#inputsOf(props) };
    });
  }

  async update(id: string, oldBag: Bag, newBag: Bag): Promise<{ outs: Bag }> {
    return this.#inContext(newBag, this.#servers.client(remoteOf(newBag)), async (context, where) => {
      const news = newBag as unknown as Inputs;
      return { outs: keep(await this.kind.update(context, id, oldBag as unknown as Outputs, news), newBag, where) };
    });
  }

  async delete(id: string, bag: Bag): Promise<void> {
    const client = await this.#holder(bag);
    if (this.#takenOver.delete(placeOf(id, client))) return;
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
      const { config } = this.#servers;
      return await work({ client, connect: this.connect, urn, status: row.status, config }, where);
    } finally {
      row.clear();
    }
  }

  #move(urn: string): void {
    this.#moved.add(urn);
    this.#checked.delete(urn);
  }

  /** Tells what the program wrote from computed inputs, which Pulumi sends back as they were for `ignoreChanges`. */
  #separate(urn: string, { oldBag, bag }: { oldBag: Bag; bag: Bag }): { given: Bag; kept: Draft<Inputs> } {
    const isNew = Object.keys(oldBag).length === 0;
    const before: Bag = isNew ? { ...this.#checked.get(urn) } : oldBag;
    const isComputed = (key: string): boolean => key in this.kind.policies && !(key in this.kind.schema.shape);
    const isKept = ([key, value]: [string, unknown]): boolean =>
      isComputed(key) && value !== undefined && isDeepStrictEqual(value, before[key]);
    const entries = Object.entries(bag);
    return {
      given: Object.fromEntries(entries.filter((entry) => !isKept(entry))),
      kept: (isNew ? {} : Object.fromEntries(entries.filter(isKept))) as Draft<Inputs>,
    };
  }

  #completion(
    draft: Draft<Inputs>,
    oldBag: Bag,
    known: Pick<Completion<Inputs>, "urn" | "importId" | "kept" | "status">,
  ): Completion<Inputs> {
    const { urn } = known;
    const olds = Object.keys(oldBag).length === 0 ? undefined : (oldBag as Draft<Inputs>);
    const replaced = olds === undefined ? this.#checked.get(urn) : undefined;
    if (olds !== undefined) this.#checked.set(urn, olds);
    if (replaced !== undefined) this.#replaced.set(urn, replaced);
    // What replaces an imported object is made, although the program still has the option.
    const isFirst = olds === undefined && replaced === undefined && !this.#moved.has(urn);
    const importId = isFirst ? known.importId : undefined;
    const client = (): Client => this.#servers.client(draft.remote);
    return { ...known, draft, olds, replaced, importId, client, connect: this.connect, config: this.#servers.config };
  }

  async #preflight(completion: Completion<Inputs>, draft: Draft<Inputs>): Promise<Failure[]> {
    if (hasUnknown(draft.remote)) return [];
    // What is wanted elsewhere is no change of what is here; the check of its replacement comes next.
    if (completion.olds !== undefined && this.#moved.has(completion.urn)) return [];
    const { preflight, preflightChange } = this.kind;
    const look = completion.olds === undefined ? preflight : preflightChange;
    const failures = (await look?.(this.#servers.client(draft.remote), { ...completion, draft })) ?? [];
    return failures.filter((failure, i) => failures.findIndex((f) => f.reason === failure.reason) === i);
  }

  #inputsOf(props: Bag): Bag {
    const keys = [...Object.keys(this.kind.policies), "__urn", "__at", "__server"];
    return Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
  }
}

function remoteOf(bag: Bag): ServerInputs["remote"] {
  return bag["remote"] as ServerInputs["remote"];
}

function placeOf(id: string, client: Client): string {
  return `${client.transport.place} ${id}`;
}

/** What Pulumi stores beside the noun's own outputs: outputs replace the state as a whole. */
function keep(outputs: object, bag: Bag, where: Whereabouts): Bag {
  return plain({ ...outputs, __urn: bag["__urn"], __provider: bag["__provider"], ...where });
}

/** The form of error that makes Pulumi keep the resource, mark it as failed and update it the next time. */
function partial(cause: unknown, id: string, properties: Bag): Error {
  const error = LxdError.from(cause);
  return Object.assign(new Error(error.message), { id, properties, reasons: [error.message] });
}

/** Pulumi prints the stack of what `read` and `delete` throw, which tells a user nothing. */
async function withoutStack<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const error = LxdError.from(thrown);
    error.stack = "";
    throw error;
  }
}
