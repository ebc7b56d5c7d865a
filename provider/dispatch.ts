// Serves a noun to Pulumi's dynamic-provider process: finds the daemon, dresses errors, keeps the bookkeeping inputs.
import { isDeepStrictEqual } from "node:util";
import { clientFor } from "./client/connections";
import { type Client } from "./client/client";
import { complete } from "./client/credentials";
import { discover } from "./client/discovery";
import { difference, type Difference } from "./diff";
import { parseParallel } from "./client/lanes";
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
  #config: StackConfig = {};
  /** Old inputs by URN: a check without olds that follows one with olds is that of a replacement. */
  readonly #checked = new Map<string, Draft<Inputs>>();
  readonly #replaced = new Map<string, Draft<Inputs>>();
  /**
   * Objects that a create of this process has found instead of making them. If that create replaced something, it is
   * they themselves: with `pulumi up --replace` no provider learns that there is an old object before it is deleted.
   */
  readonly #takenOver = new Set<string>();

  constructor(readonly kind: ResourceKind<Inputs, Outputs>) {}

  configure({ config }: Parameters<DynamicProvider["configure"]>[0]): Promise<void> {
    this.#config = Object.fromEntries(configKeys.map((key) => [key, config.get(`lxd:${key}`)]));
    return Promise.resolve();
  }

  async check(oldBag: Bag, newBag: Bag): Promise<{ inputs: Bag; failures: Failure[] }> {
    const { __urn: urn, __provider, __import: importId, __replaceOnChanges, ...bag } = newBag;
    const { given, kept } = this.#separate(String(urn), { oldBag, bag });
    const { value, failures } = validate(this.kind.schema, given);
    const row = progressRow(String(urn));
    const known = { urn: String(urn), importId: importId as string | undefined, kept, status: row.status };
    const completion = this.#completion(value as Draft<Inputs>, oldBag, known);
    try {
      const completed = await this.kind.complete(completion);
      failures.push(...this.kind.rules(completed.draft), ...completed.failures);
      failures.push(...(await this.#preflight(completion, completed.draft)));
      // What failed is unknown in the draft, and outside of a preview the engine takes no unknowns, not even then.
      if (failures.length > 0) return { inputs: newBag, failures };
      return { inputs: plain({ ...completed.draft, __urn: urn, __import: importId, __replaceOnChanges }), failures };
    } catch (error) {
      failures.push({ property: "", reason: LxdError.from(error).message });
      return { inputs: newBag, failures };
    } finally {
      row.clear();
    }
  }

  /** A client for a server, which it is to know by the stack's config as far as `remote` does not say. */
  readonly connect = (remote: ServerInputs["remote"]): Client => this.#client(remote);

  get config(): StackConfig {
    return this.#config;
  }

  diff(_id: string, olds: Bag, news: Bag): Promise<Difference> {
    return Promise.resolve(difference(this.kind, olds as unknown as Outputs, news as unknown as Inputs));
  }

  async create(bag: Bag): Promise<{ id: string; outs: Bag }> {
    let made: { id: string; outputs: Outputs } | undefined;
    const created = (id: string, outputs: Outputs): void => void (made = { id, outputs });
    return this.#inContext(bag, async (context) => {
      const replaced = this.#replaced.get(context.urn) as Draft<Outputs> | undefined;
      const importId = replaced === undefined ? (bag["__import"] as string | undefined) : undefined;
      try {
        const inputs = bag as unknown as Inputs;
        const { id, outputs, isTakenOver } = await this.kind.create(
          { ...context, created, replaced, importId },
          inputs,
        );
        if (isTakenOver === true) this.#takenOver.add(placeOf(id, inputs.remote));
        return { id, outs: keep(outputs, bag) };
      } catch (error) {
        throw made === undefined ? error : partial(error, made.id, keep(made.outputs, bag));
      }
    });
  }

  async read(id: string, bag: Bag): Promise<{ id: string; props: Bag; inputs?: Bag }> {
    return this.#inContext(bag, async (context) => {
      const outputs = await withoutStack(this.kind.read(context, id, bag as unknown as Outputs));
      if (outputs === undefined) return { id: "", props: {} };
      const props = keep(outputs, bag);
      return { id, props, inputs: this.#inputsOf(props) };
    });
  }

  async update(id: string, oldBag: Bag, newBag: Bag): Promise<{ outs: Bag }> {
    return this.#inContext(newBag, async (context) => {
      const news = newBag as unknown as Inputs;
      return { outs: keep(await this.kind.update(context, id, oldBag as unknown as Outputs, news), newBag) };
    });
  }

  async delete(id: string, bag: Bag): Promise<void> {
    if (this.#takenOver.delete(placeOf(id, bag["remote"] as ServerInputs["remote"]))) return;
    await this.#inContext(bag, (context) => withoutStack(this.kind.remove(context, id, bag as unknown as Outputs)));
  }

  /** Does some work with the daemon and the row in the display that belong to a resource. */
  async #inContext<T>(bag: Bag, work: (context: Context) => Promise<T>): Promise<T> {
    const urn = String(bag["__urn"]);
    const row = progressRow(urn);
    try {
      const client = this.#client(bag["remote"] as ServerInputs["remote"]);
      return await work({ client, connect: this.connect, urn, status: row.status, config: this.#config });
    } finally {
      row.clear();
    }
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
    const importId = olds === undefined && replaced === undefined ? known.importId : undefined;
    const client = (): Client => this.#client(draft.remote);
    return { ...known, draft, olds, replaced, importId, client, connect: this.connect, config: this.#config };
  }

  async #preflight(completion: Completion<Inputs>, draft: Draft<Inputs>): Promise<Failure[]> {
    if (hasUnknown(draft.remote)) return [];
    const { preflight, preflightChange } = this.kind;
    const look = completion.olds === undefined ? preflight : preflightChange;
    const failures = (await look?.(this.#client(draft.remote), { ...completion, draft })) ?? [];
    return failures.filter((failure, i) => failures.findIndex((f) => f.reason === failure.reason) === i);
  }

  #client(remote: ServerInputs["remote"]): Client {
    const location = discover({ explicit: remote, config: this.#config, env: process.env });
    return clientFor(complete(location, process.env), parseParallel(this.#config.parallel));
  }

  #inputsOf(props: Bag): Bag {
    const keys = [...Object.keys(this.kind.policies), "__urn"];
    return Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
  }
}

function placeOf(id: string, remote: ServerInputs["remote"]): string {
  return `${remote?.socket ?? ""} ${id}`;
}

/** What Pulumi stores beside the noun's own outputs: outputs replace the state as a whole. */
function keep(outputs: object, bag: Bag): Bag {
  return plain({ ...outputs, __urn: bag["__urn"], __provider: bag["__provider"] });
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
