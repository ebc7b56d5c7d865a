// What this package keeps with a resource's inputs and outputs, under names with two underscores that previews leave out.
import { secretsKey } from "./secrets/redactor";
import { type Bag, plain } from "../kind/props";
import { schemaVersion } from "./state-upgrades";
import { withoutDefaults } from "./written-inputs";
import { type KindDefinition, type ServerInputs, type Whereabouts } from "../kind/kind";

/** A resource as it is kept after each step. */
export interface Kept<Outputs> {
  id: string;
  outputs: Outputs;
  /** What tells the object from all others, whatever it is called: see `ReconciledKind.identity`. */
  identity: string;
  /** Whether it is not known that all of its content is there: the next run makes it again. */
  isIncomplete?: boolean;
}

/** What a state says of a resource. */
export interface Known<Outputs> {
  id: string;
  state: Outputs;
  identity: string | undefined;
  isIncomplete: boolean;
}

export function remoteOf(bag: Bag): ServerInputs["remote"] {
  return bag["remote"] as ServerInputs["remote"];
}

/** What Pulumi stores beside the noun's own outputs: outputs replace the state as a whole. */
export function keep({ outputs, identity, isIncomplete }: Kept<object>, bag: Bag, where: Whereabouts): Bag {
  const { remote, __urn, __provider, [secretsKey]: secrets } = bag;
  const known = { __schema: schemaVersion, __identity: identity, __incomplete: isIncomplete };
  return plain({ ...outputs, remote, __urn, __provider, [secretsKey]: secrets, ...known, ...where });
}

/** `bag` is of the present schema. */
export function knownIn<Outputs>(id: string, bag: Bag): Known<Outputs> {
  const { __identity: identity, __incomplete: isIncomplete } = bag;
  return {
    id,
    state: bag as unknown as Outputs,
    identity: identity as string | undefined,
    isIncomplete: isIncomplete === true,
  };
}

/** The part of a state that is inputs, as a program would write them; a noun names those of its own in its policies. */
export function inputsIn<Inputs extends ServerInputs, Outputs extends Inputs>(
  props: Bag,
  kind: KindDefinition<Inputs, Outputs>,
): Bag {
  const pick = (keys: string[]): Bag =>
    Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
  const own = pick([...Object.keys(kind.policies), "remote"]);
  return { ...withoutDefaults(kind, own), ...pick(["__urn", "__at", "__server", secretsKey]) };
}
