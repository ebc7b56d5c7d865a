// Preflight checks of config-map kinds: location, name and import.
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure, type PartialInputs } from "../../kind/kind";
import { plain, type Props } from "../../kind/props";
import { isUnknown } from "../../kind/unknowns";
import { valueDifferences } from "../shared/import-comparison";
import { type Sides } from "../shared/program-values";
import { ownerKey } from "../shared/ownership";
import { isPlacePlanned, plan } from "../shared/planned";
import { normalizeFields } from "./fields";
import {
  type ConfigFacts,
  type ConfigInputs,
  type ConfigMapDefinition,
  type ConfigWire,
  type TypedField,
} from "./definition";
import { readState } from "./settings";
import { normalizeConfig, normalizeValue } from "./normalize";

type Definition<Inputs extends ConfigInputs, Outputs extends Inputs & ConfigFacts, Wire extends ConfigWire> = Omit<
  ConfigMapDefinition<Inputs, Outputs, Wire>,
  "settings" | "put" | "make"
>;
type Conflicting<Inputs extends ConfigInputs, Wire extends ConfigWire> = Pick<
  ConfigMapDefinition<Inputs, Inputs & ConfigFacts, Wire>,
  "kindName" | "isVacant" | "mismatch" | "idParts" | "find"
>;

/** Builds the ID from its parts: `project/name`. */
export function idOf(parts: readonly string[], inputs: object): string {
  return parts.map((part) => String((inputs as Record<string, unknown>)[part])).join("/");
}

/** Undefined if the ID is not valid. */
export function parseId(parts: readonly string[], id: string): Record<string, string> | undefined {
  const values = id.split("/");
  if (values.length !== parts.length || values.includes("")) return undefined;
  return Object.fromEntries(parts.map((part, i) => [part, values[i] ?? ""]));
}

/** Checks that run before the object is created or imported. */
export async function preflight<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
>(definition: Definition<Inputs, Outputs, Wire>, client: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const { inputs, importId } = check;
  const places = await definition.places(client, inputs);
  if (places.length > 0) return places;
  const failures = isPlacePlanned(client, inputs) ? [] : await ask(definition, client, check);
  const id = idOf(definition.idParts, inputs);
  if (failures.length === 0 && importId === undefined) plan(client, definition.kindName, id);
  return failures;
}

async function ask<Inputs extends ConfigInputs, Outputs extends Inputs & ConfigFacts, Wire extends ConfigWire>(
  definition: Definition<Inputs, Outputs, Wire>,
  client: Client,
  check: CheckContext<Inputs>,
): Promise<Failure[]> {
  const { inputs, importId } = check;
  if (importId !== undefined) return importFailures(definition, client, check);
  const isPlaced = definition.idParts.every((part) => inputs[part] !== undefined && !isUnknown(inputs[part]));
  const answers = await Promise.all([
    definition.preflight?.(client, check) ?? [],
    isPlaced ? nameFailures(definition, client, check) : [],
  ]);
  return answers.flat();
}

/** Why an existing object does not belong to this resource, if so. */
export function conflict<Inputs extends ConfigInputs, Wire extends ConfigWire>(
  { kindName, isVacant, mismatch, idParts }: Conflicting<Inputs, Wire>,
  wire: Wire,
  { inputs, urn }: { inputs: PartialInputs<Inputs>; urn: string },
): LxdError | undefined {
  const isOwn = wire.config?.[ownerKey] === urn || isVacant?.(wire) === true;
  const odd = isOwn ? mismatch?.(wire, inputs) : "which this resource did not create";
  if (odd === undefined) return undefined;
  const id = idOf(idParts, { ...inputs, name: wire.name });
  return new LxdError({
    code: "already-exists",
    why: `a ${kindName} "${wire.name}" already exists, ${odd}`,
    advice: `Pass { import: "${id}" } to adopt it, or choose another name.`,
  });
}

/** Normalizes inputs for comparison. */
export function normalize<Inputs extends ConfigInputs>(
  definition: { fields: readonly TypedField[]; normalize?: (inputs: Inputs) => Inputs },
  inputs: Inputs,
): Inputs {
  const fields = normalizeFields(inputs, definition.fields, normalizeValue);
  const own = { ...fields, config: normalizeConfig(fields.config) };
  return definition.normalize?.(own) ?? own;
}

async function nameFailures<Inputs extends ConfigInputs, Wire extends ConfigWire>(
  definition: Conflicting<Inputs, Wire>,
  client: Client,
  { inputs, replaced, urn }: CheckContext<Inputs>,
): Promise<Failure[]> {
  const { idParts, find } = definition;
  if (replaced !== undefined && idOf(idParts, replaced) === idOf(idParts, inputs)) return [];
  const found = await find(client, inputs as Inputs);
  const error = found === undefined ? undefined : conflict(definition, found.value, { inputs, urn });
  return error === undefined ? [] : [{ property: "name", reason: error.message }];
}

/** Everything that prevents the import. */
async function importFailures<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
>(
  definition: Definition<Inputs, Outputs, Wire>,
  client: Client,
  { inputs, importId = "", isSecret }: CheckContext<Inputs>,
): Promise<Failure[]> {
  const { idParts, kindName } = definition;
  const address = parseId(idParts, importId);
  if (address === undefined) return [{ property: "", reason: `import: "${importId}" must be "${idParts.join("/")}"` }];
  const odd = idParts.filter((part) => address[part] !== inputs[part]);
  if (odd.length > 0) {
    return odd.map((part) => ({
      property: part,
      reason: `import: is "${String(inputs[part])}" in the program and "${address[part] ?? ""}" in the ID`,
    }));
  }
  const found = await definition.find(client, inputs as Inputs);
  if (found === undefined) return [{ property: "", reason: `import: there is no ${kindName} ${importId}` }];
  return differences(definition, { desired: inputs as Inputs, isSecret }, found.value);
}

/** The properties that differ between the server's object and the program. */
function differences<Inputs extends ConfigInputs, Outputs extends Inputs & ConfigFacts, Wire extends ConfigWire>(
  definition: Definition<Inputs, Outputs, Wire>,
  { desired, isSecret }: { desired: Inputs; isSecret: CheckContext<Inputs>["isSecret"] },
  wire: Wire,
): Failure[] {
  const actual: Inputs = readState(definition, desired, { wire, recorded: undefined });
  const normalized = {
    program: toProps(normalize(definition, desired)),
    daemon: toProps(normalize(definition, actual)),
  };
  const written = { program: toProps(desired), daemon: toProps(actual) };
  const at = ({ program, daemon }: typeof normalized, key: string): Sides => ({
    program: program[key],
    daemon: daemon[key],
  });
  return Object.keys(definition.policies)
    .filter((key) => !definition.passed.includes(key as keyof Inputs & string))
    .flatMap((key) => valueDifferences(key, { compared: at(normalized, key), written: at(written, key), isSecret }));
}

function toProps(inputs: object): Props {
  return plain(inputs) as Props;
}
