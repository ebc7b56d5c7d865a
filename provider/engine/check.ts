// The first step of a resource: everything that can be said against its inputs, together, before anything is changed.
import { isDeepStrictEqual } from "node:util";
import { type Client } from "../lxd/client/core/client";
import { Confidential } from "./secrets/redactor";
import { type Bag, plain } from "../kind/props";
import { LxdError } from "../base/errors";
import { type Completion, type Draft, type Failure, type KindDefinition, type ServerInputs } from "../kind/kind";
import { holders } from "./run-registry";
import { asWritten, withDefaults } from "./written-inputs";
import { progressRow } from "./pulumi/progress";
import { isElsewhere, type Servers } from "./server-registry";
import { secretNames } from "./secrets/secret-names";
import { type Succession } from "./replacement-tracker";
import { hasUnknown } from "../kind/unknowns";
import { validate } from "../kind/validate";

interface Parts<Inputs extends ServerInputs, Outputs extends Inputs> {
  kind: KindDefinition<Inputs, Outputs>;
  servers: Servers;
  succession: Succession<Inputs>;
}

/** What a check is told beside the inputs that the program wrote. */
type Given<Inputs> = Pick<Completion<Inputs>, "draft" | "olds" | "kept" | "urn" | "importId" | "status" | "signal">;

export class Check<Inputs extends ServerInputs, Outputs extends Inputs> {
  constructor(private readonly parts: Parts<Inputs, Outputs>) {}

  async run(oldBag: Bag, newBag: Bag, signal: AbortSignal): Promise<{ inputs: Bag; failures: Failure[] }> {
    const { __urn, __provider, __import, __replaceOnChanges, __secrets, __at, __server, ...rest } = newBag;
    // Of this run alone, and so not stored.
    const { __aliasesElsewhere, ...bag } = rest;
    const { kind, succession } = this.parts;
    const servers = this.parts.servers.withSignal(signal);
    const confidential = new Confidential([newBag, oldBag], servers.config);
    const urn = String(__urn);
    holders().listElsewhere(urn, __aliasesElsewhere as string[] | undefined);
    const hasOlds = Object.keys(oldBag).length > 0;
    const olds = hasOlds ? (withDefaults(kind, oldBag) as Draft<Inputs>) : undefined;
    const { written, kept } = this.#separate(bag, urn, olds);
    const { value, failures } = validate(kind.schema, written);
    failures.unshift(...servers.failures, ...secretNames(newBag));
    const told = (failure: Failure): Failure => withoutSecrets(failure, confidential);
    const row = progressRow(urn, confidential);
    const known = { urn, olds, kept, importId: __import as string | undefined, status: row.status, signal };
    const completion = this.#completion({ draft: value as Draft<Inputs>, ...known }, servers);
    try {
      const { draft, failures: found } = await kind.complete(completion);
      failures.push(...kind.rules(draft), ...found);
      const where = await servers.wanted(draft.remote, oldBag);
      if (isElsewhere(oldBag, where)) succession.move(urn);
      failures.push(...this.#sameNames(completion, draft));
      failures.push(...(await this.#preflight(completion, draft, servers)));
      // What failed is unknown in the draft, and outside of a preview the engine takes no unknowns, not even then.
      if (failures.length > 0) return { inputs: newBag, failures: failures.map(told) };
      const inputs = asWritten(kind, written, draft);
      return { inputs: plain({ ...inputs, __urn, __import, __replaceOnChanges, __secrets, ...where }), failures };
    } catch (error) {
      failures.push({ property: "", reason: LxdError.from(error).message });
      return { inputs: newBag, failures: failures.map(told) };
    } finally {
      row.clear();
    }
  }

  /** Tells what the program wrote from computed inputs, which Pulumi sends back as they were for `ignoreChanges`. */
  #separate(bag: Bag, urn: string, olds: Draft<Inputs> | undefined): { written: Bag; kept: Draft<Inputs> } {
    const { policies, schema } = this.parts.kind;
    const before: Bag = this.parts.succession.before(urn, olds);
    const isComputed = (key: string): boolean => key in policies && !(key in schema.shape);
    const isKept = ([key, value]: [string, unknown]): boolean =>
      isComputed(key) && value !== undefined && isDeepStrictEqual(value, before[key]);
    const entries = Object.entries(bag);
    return {
      written: Object.fromEntries(entries.filter((entry) => !isKept(entry))),
      kept: (olds === undefined ? {} : Object.fromEntries(entries.filter(isKept))) as Draft<Inputs>,
    };
  }

  #completion(given: Given<Inputs>, servers: Servers): Completion<Inputs> {
    const { succession } = this.parts;
    const { urn, olds, draft } = given;
    const replaced = succession.check(urn, olds);
    const importId = olds === undefined && succession.isFirst(urn) ? given.importId : undefined;
    const client = (): Client => servers.connect(draft.remote);
    return { ...given, replaced, importId, client, connect: servers.connect, config: servers.config };
  }

  /** A name that another resource of the program has as well: only one of the two can be created. */
  #sameNames({ urn, client }: Completion<Inputs>, draft: Draft<Inputs>): Failure[] {
    const { what, parts } = this.parts.kind.uniqueName ?? {};
    const values = parts?.map((part) => (draft as Bag)[part]);
    const isKnown = values !== undefined && !hasUnknown([draft.remote, ...values]);
    const key = isKnown ? JSON.stringify([what, client().transport.place, ...values]) : undefined;
    const other = holders().name(urn, key);
    if (other === undefined) return [];
    const reason = `is also the name of the ${what} of another resource of this program, ${other}; choose another name`;
    return [{ property: "name", reason }];
  }

  async #preflight(completion: Completion<Inputs>, draft: Draft<Inputs>, servers: Servers): Promise<Failure[]> {
    const { kind, succession } = this.parts;
    if (hasUnknown(draft.remote)) return [];
    // What is wanted elsewhere is no change of what is here; the check of its replacement comes next.
    if (completion.olds !== undefined && succession.isMoved(completion.urn)) return [];
    const look = completion.olds === undefined ? kind.preflight : kind.preflightChange;
    const failures = (await look?.(servers.connect(draft.remote), { ...completion, draft })) ?? [];
    return failures.filter((failure, i) => failures.findIndex((f) => f.reason === failure.reason) === i);
  }
}

/** The engine prints the value of an input that a failure has as its property, also of a secret one. */
function withoutSecrets({ property, reason }: Failure, confidential: Confidential): Failure {
  const hidden = confidential.hide(reason);
  return confidential.isIn(property)
    ? { property: "", reason: `${property}: ${hidden}` }
    : { property, reason: hidden };
}
