// What this package keeps with a resource's inputs and outputs, under names with two underscores that previews leave out.
import { secretsKey } from "./secrets/redactor";
import { plain, type Props } from "../kind/props";
import { schemaVersion } from "./state-upgrades";
import { withoutDefaults } from "./written-inputs";
import { type KindDefinition, type ServerIdentity, type ServerInputs } from "../kind/kind";

/** A resource as it is kept after each step. */
export interface Checkpoint<Outputs> {
  id: string;
  outputs: Outputs;
  /** What tells the object from all others, whatever it is called: see `ReconciledKind.identity`. */
  identity: string;
  /** Whether it is not known that all of its content is there: the next run makes it again. */
  isIncomplete?: boolean;
}

/** What a state says of a resource. */
export interface StoredResource<Outputs> {
  id: string;
  state: Outputs;
  identity: string | undefined;
  isIncomplete: boolean;
}

export function remoteOf(props: Props): ServerInputs["remote"] {
  return props["remote"] as ServerInputs["remote"];
}

/** What Pulumi stores beside the kind's own outputs: outputs replace the state as a whole. */
export function toProps(
  { outputs, identity, isIncomplete }: Checkpoint<object>,
  props: Props,
  where: ServerIdentity,
): Props {
  const { remote, __urn, __provider, [secretsKey]: secrets } = props;
  const known = { __schema: schemaVersion, __identity: identity, __incomplete: isIncomplete };
  return plain({ ...outputs, remote, __urn, __provider, [secretsKey]: secrets, ...known, ...where });
}

/** `bag` is of the present schema. */
export function storedResource<Outputs>(id: string, props: Props): StoredResource<Outputs> {
  const { __identity: identity, __incomplete: isIncomplete } = props;
  return {
    id,
    state: props as unknown as Outputs,
    identity: identity as string | undefined,
    isIncomplete: isIncomplete === true,
  };
}

/** The part of a state that is inputs, as a program would write them; a kind names those of its own in its policies. */
export function inputsOfState<Inputs extends ServerInputs, Outputs extends Inputs>(
  props: Props,
  kind: KindDefinition<Inputs, Outputs>,
): Props {
  const pick = (keys: string[]): Props =>
    Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
  const own = pick([...Object.keys(kind.policies), "remote"]);
  return { ...withoutDefaults(kind, own), ...pick(["__urn", "__at", "__server", secretsKey]) };
}
