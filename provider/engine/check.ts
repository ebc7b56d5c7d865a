// Checks a resource's inputs and reports all failures together, before anything is changed.
import { isDeepStrictEqual } from "node:util";
import { type Client } from "../lxd/client/core/client";
import { Redactor } from "./secrets/redactor";
import { CheckReads } from "./check-reads";
import { plain, type Props } from "../kind/props";
import { LxdError } from "../base/errors";
import {
  type CheckContext,
  type Context,
  type Failure,
  type KindDefinition,
  type PartialInputs,
  type ServerInputs,
} from "../kind/kind";
import { withIgnored, withoutIgnoredSource } from "./ignored-on-import";
import { mistypedPaths } from "./replace-on-changes";
import { runRegistry } from "./run-registry";
import { asWritten, withDefaults } from "./written-inputs";
import { type Rows } from "./pulumi/progress";
import { isElsewhere, type ServerRegistry } from "./server-registry";
import { secretNames, secretTest } from "./secrets/secret-names";
import { type ReplacementTracker } from "./replacement-tracker";
import { automaticName, automaticNameKey, logicalName } from "../kind/automatic-name";
import { hasUnknown } from "../kind/unknowns";
import { validate } from "../kind/validate";

interface Parts<Inputs extends ServerInputs, Outputs extends Inputs> {
  kind: KindDefinition<Inputs, Outputs>;
  servers: ServerRegistry;
  replacements: ReplacementTracker<Inputs>;
  rows: Rows;
}

/** How a check asks servers. */
interface Asking {
  servers: ServerRegistry;
  reads: CheckReads;
}

/** Arguments of a check besides the inputs that the program wrote. */
type Given<Inputs> = Pick<
  CheckContext<Inputs>,
  "inputs" | "olds" | "unchanged" | "urn" | "importId" | "status" | "signal" | "isSecret"
>;

export class Check<Inputs extends ServerInputs, Outputs extends Inputs> {
  constructor(private readonly parts: Parts<Inputs, Outputs>) {}

  async run(oldProps: Props, newProps: Props, signal: AbortSignal): Promise<{ inputs: Props; failures: Failure[] }> {
    const { __urn, __provider, __import, __replaceOnChanges, __secrets, __at, __server, ...rest } = newProps;
    // These apply to this run only, so they are not stored.
    const { __aliasesElsewhere, __ignoreChanges, ...props } = rest;
    const { kind, replacements } = this.parts;
    const servers = this.parts.servers.withSignal(signal);
    const redactor = new Redactor([newProps, oldProps], servers.config);
    const urn = String(__urn);
    runRegistry().noteListedElsewhere(urn, __aliasesElsewhere as string[] | undefined);
    const hasOlds = Object.keys(oldProps).length > 0;
    const olds = hasOlds ? (withDefaults(kind, oldProps) as PartialInputs<Inputs>) : undefined;
    const ignored = hasOlds || __import === undefined ? [] : ((__ignoreChanges ?? []) as string[]);
    const { written, unchanged } = this.#separate(withoutIgnoredSource(props, ignored), urn, olds);
    const { value, failures } = validate(kind.schema, written);
    failures.unshift(...servers.failures, ...secretNames(newProps));
    failures.push(...mistypedPaths(kind, (__replaceOnChanges ?? []) as string[]));
    const redacted = (failure: Failure): Failure => withoutSecrets(failure, redactor);
    const row = this.parts.rows(urn, redactor);
    const given = { urn, olds, unchanged, importId: __import as string | undefined };
    const known = { ...given, status: row.status, signal, isSecret: secretTest(newProps) };
    const reads = new CheckReads();
    const check = this.#checkContext({ inputs: value as PartialInputs<Inputs>, ...known }, { servers, reads });
    try {
      const { inputs: computed, failures: found } = await kind.computeInputs(check);
      failures.push(...kind.validate(computed), ...found);
      const context = (): Context => this.#contextOf(check, servers);
      const partial = failures.length > 0 ? computed : await withIgnored(kind, computed, { ignored, context });
      const where = await servers.desired(partial.remote, oldProps);
      if (isElsewhere(oldProps, where)) replacements.noteMove(urn);
      failures.push(...this.#duplicateNames(check, partial));
      failures.push(...(await this.#preflight(check, partial, { servers, reads })));
      // Inputs that failed are unknown here, and outside of a preview the engine accepts no unknowns, not even with
      // failures.
      if (failures.length > 0) return { inputs: newProps, failures: failures.map(redacted) };
      // Pulumi shows an import by a dynamic provider as a create.
      if (check.importId !== undefined) row.note(adopting(kind.kindName, check.importId));
      const inputs = { ...asWritten(kind, written, partial), ...keptName(written, partial, check) };
      return { inputs: plain({ ...inputs, __urn, __import, __replaceOnChanges, __secrets, ...where }), failures };
    } catch (error) {
      failures.push({ property: "", reason: LxdError.from(error).message });
      return { inputs: newProps, failures: failures.map(redacted) };
    } finally {
      await row.clear();
    }
  }

  /** Separates what the program wrote from computed inputs, which Pulumi returns unchanged for `ignoreChanges`. */
  #separate(
    props: Props,
    urn: string,
    olds: PartialInputs<Inputs> | undefined,
  ): { written: Props; unchanged: PartialInputs<Inputs> } {
    const { policies, schema } = this.parts.kind;
    const before: Props = this.parts.replacements.previousInputs(urn, olds);
    const isComputed = (key: string): boolean => key in policies && !(key in schema.shape);
    const isUnchanged = ([key, value]: [string, unknown]): boolean =>
      isComputed(key) && value !== undefined && isDeepStrictEqual(value, before[key]);
    const entries = Object.entries(props);
    return {
      written: Object.fromEntries(entries.filter((entry) => !isUnchanged(entry))),
      unchanged: (olds === undefined ? {} : Object.fromEntries(entries.filter(isUnchanged))) as PartialInputs<Inputs>,
    };
  }

  #checkContext(given: Given<Inputs>, { servers, reads }: Asking): CheckContext<Inputs> {
    const { replacements } = this.parts;
    const { urn, olds, inputs } = given;
    const replaced = replacements.noteCheck(urn, olds);
    const importId = olds === undefined && replacements.isFirst(urn) ? given.importId : undefined;
    const client = (): Client => reads.own(servers.connect(inputs.remote));
    const noteAbsent = (kindName: string, id: string): void => runRegistry().noteAbsent(urn, `${kindName} ${id}`);
    const name = automaticName(urn, olds ?? replaced);
    return {
      ...given,
      automaticName: name,
      replaced,
      importId,
      client,
      connect: servers.connect,
      config: servers.config,
      noteAbsent,
    };
  }

  #contextOf({ connect, urn, status, signal, config, client }: CheckContext<Inputs>, servers: ServerRegistry): Context {
    const serverOf: Context["serverOf"] = (remote, known) => servers.serverOf(remote, known);
    return { client: client(), connect, serverOf, urn, status, warn: status, signal, config };
  }

  /** Reports a name that another resource of the program has too: only one of the two could be created. */
  #duplicateNames({ urn, client }: CheckContext<Inputs>, inputs: PartialInputs<Inputs>): Failure[] {
    const { what, parts } = this.parts.kind.uniqueName ?? {};
    const values = parts?.map((part) => (inputs as Props)[part]);
    const isKnown = values !== undefined && !hasUnknown([inputs.remote, ...values]);
    const key = isKnown ? JSON.stringify([what, client().transport.place, ...values]) : undefined;
    const other = runRegistry().name(urn, key);
    if (other === undefined) return [];
    const reason = `is also the name of the ${what} of another resource of this program, ${other}; choose another name`;
    return [{ property: "name", reason }];
  }

  async #preflight(
    check: CheckContext<Inputs>,
    inputs: PartialInputs<Inputs>,
    { servers, reads }: Asking,
  ): Promise<Failure[]> {
    const { kind, replacements } = this.parts;
    if (hasUnknown(inputs.remote)) return [];
    // A resource that moves to another server does not change the object here; the check of its replacement follows.
    if (check.olds !== undefined && replacements.isMoved(check.urn)) return [];
    const look = check.olds === undefined ? kind.preflight : kind.preflightChange;
    if (look === undefined) return [];
    const client = servers.connect(inputs.remote);
    const failures = await reads.preflight(client, (sharing) => look(sharing, { ...check, inputs }));
    return failures.filter((failure, i) => failures.findIndex((other) => isRepeated(failure, other)) === i);
  }
}

function adopting(kindName: string, id: string): string {
  return `adopts the existing ${kindName} ${id}, which stays as it is; only its owner is recorded`;
}

/** Several inputs can meet one failure of the server. The differences of an import belong to one input each. */
function isRepeated({ property, reason }: Failure, other: Failure): boolean {
  return reason === other.reason && (property === other.property || !reason.startsWith("import:"));
}

/** Records an automatic name that differs from the logical name, so that later runs keep it. */
function keptName(
  written: Props,
  inputs: object,
  { urn, automaticName: name }: { urn: string; automaticName: string },
): Props {
  const isAutomatic = written["name"] === undefined && (inputs as Props)["name"] === name;
  return isAutomatic && name !== logicalName(urn) ? { [automaticNameKey]: name } : {};
}

function withoutSecrets({ property, reason }: Failure, redactor: Redactor): Failure {
  return { property, reason: redactor.redact(reason) };
}
