// What the daemon can say about a simple noun before anything is changed: places, names, and what is to be imported.
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type Completion, type Draft, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { isUnknown } from "../../kind/unknowns";
import { valueDifferences } from "../shared/import-comparison";
import { type Sides } from "../shared/program-values";
import { ownerKey } from "../shared/ownership";
import { isPlacePlanned, plan } from "../shared/planned";
import { spelledFields } from "./fields";
import { type ConfigFacts, type ConfigInputs, type ConfigNoun, type ConfigWire, type Settings } from "./definition";
import { type NounSettings } from "./settings";
import { spell, spelled } from "./normalize";

/** `project/name`, by the parts that the noun has. */
export function idOf(parts: readonly string[], inputs: object): string {
  return parts.map((part) => String((inputs as Record<string, unknown>)[part])).join("/");
}

/** Undefined if it is no such ID. */
export function parseId(parts: readonly string[], id: string): Record<string, string> | undefined {
  const values = id.split("/");
  if (values.length !== parts.length || values.includes("")) return undefined;
  return Object.fromEntries(parts.map((part, i) => [part, values[i] ?? ""]));
}

export class NounPreflight<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
> {
  readonly noun: ConfigNoun<Inputs, Outputs, Wire, Put>;

  constructor(readonly settings: NounSettings<Inputs, Outputs, Wire, Put>) {
    this.noun = settings.noun;
  }

  async failures(client: Client, completion: Completion<Inputs>): Promise<Failure[]> {
    const { draft, importId } = completion;
    const places = await this.noun.places(client, draft);
    if (places.length > 0) return places;
    const failures = isPlacePlanned(client, draft) ? [] : await this.#ask(client, completion);
    const id = idOf(this.noun.idParts, draft);
    if (failures.length === 0 && importId === undefined) plan(client, this.noun.noun, id);
    return failures;
  }

  async #ask(client: Client, completion: Completion<Inputs>): Promise<Failure[]> {
    const { draft, importId } = completion;
    if (importId !== undefined) return this.#importFailures(client, completion);
    const answers = await Promise.all([
      this.noun.preflight?.(client, completion) ?? [],
      this.#isPlaced(draft) ? this.#nameFailures(client, completion) : [],
    ]);
    return answers.flat();
  }

  /** Why one that is there already is not this resource's, if so. */
  obstacle(wire: Wire, inputs: Draft<Inputs>, urn: string): LxdError | undefined {
    const { noun, isVacant, mismatch, idParts } = this.noun;
    const isOwn = wire.config?.[ownerKey] === urn || isVacant?.(wire) === true;
    const odd = isOwn ? mismatch?.(wire, inputs) : "which this resource did not create";
    if (odd === undefined) return undefined;
    const id = idOf(idParts, { ...inputs, name: wire.name });
    const advice = `Pass { import: "${id}" } to adopt it, or choose another name.`;
    return new LxdError({ code: "already-exists", why: `there is a ${noun} "${wire.name}" already, ${odd}`, advice });
  }

  comparable(inputs: Inputs): Inputs {
    const fields = spelledFields(inputs, this.noun.fields, spell);
    const own = { ...fields, config: spelled(fields.config) };
    return this.noun.comparable?.(own) ?? own;
  }

  #isPlaced(draft: Draft<Inputs>): boolean {
    return this.noun.idParts.every((part) => draft[part] !== undefined && !isUnknown(draft[part]));
  }

  async #nameFailures(client: Client, { draft, replaced, urn }: Completion<Inputs>): Promise<Failure[]> {
    const { idParts } = this.noun;
    if (replaced !== undefined && idOf(idParts, replaced) === idOf(idParts, draft)) return [];
    const found = await this.noun.find(client, draft as Inputs);
    const error = found === undefined ? undefined : this.obstacle(found.value, draft, urn);
    return error === undefined ? [] : [{ property: "name", reason: error.message }];
  }

  /** All that speaks against the import. */
  async #importFailures(client: Client, { draft, importId = "" }: Completion<Inputs>): Promise<Failure[]> {
    const { idParts, noun, passed, policies } = this.noun;
    const address = parseId(idParts, importId);
    if (address === undefined)
      return [{ property: "", reason: `import: "${importId}" must be "${idParts.join("/")}"` }];
    const odd = idParts.filter((part) => address[part] !== draft[part]);
    if (odd.length > 0) {
      return odd.map((part) => ({
        property: part,
        reason: `import: is "${String(draft[part])}" in the program and "${address[part] ?? ""}" in the ID`,
      }));
    }
    const wanted = draft as Inputs;
    const found = await this.noun.find(client, wanted);
    if (found === undefined) return [{ property: "", reason: `import: there is no ${noun} ${importId}` }];
    const actual: Inputs = this.settings.observe(wanted, found.value, undefined);
    const compared = { program: bag(this.comparable(wanted)), daemon: bag(this.comparable(actual)) };
    const written = { program: bag(wanted), daemon: bag(actual) };
    const at = ({ program, daemon }: typeof compared, key: string): Sides => ({
      program: program[key],
      daemon: daemon[key],
    });
    return Object.keys(policies)
      .filter((key) => !passed.includes(key as keyof Inputs & string))
      .flatMap((key) => valueDifferences(key, at(compared, key), at(written, key)));
  }
}

function bag(inputs: object): Record<string, unknown> {
  return plain(inputs) as Record<string, unknown>;
}
