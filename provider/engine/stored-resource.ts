// Internal fields stored with a resource, under names with two underscores, which previews omit.
import { secretsKey } from "./secrets/redactor";
import { timeoutsKey } from "./custom-timeouts";
import { automaticNameKey } from "../kind/automatic-name";
import { plain, type Props } from "../kind/props";
import { schemaVersion } from "./state-upgrades";
import { withoutDefaults } from "./written-inputs";
import { type KindDefinition, type ServerIdentity, type ServerInputs } from "../kind/kind";

/** A resource as it is stored after each step. */
export interface Checkpoint<Outputs> {
  id: string;
  outputs: Outputs;
  /** Identifies the object independently of its name; see `ReconciledKind.identity`. */
  identity: string;
  /** Whether the object may be incomplete; the next run then creates it again. */
  isIncomplete?: boolean;
  /** The owner of an object that was read by its ID alone, if it has one. */
  owner?: string | undefined;
}

/** A resource as read from the state. */
export interface StoredResource<Outputs> {
  id: string;
  state: Outputs;
  identity: string | undefined;
  isIncomplete: boolean;
}

export function remoteOf(props: Props): ServerInputs["remote"] {
  return props["remote"] as ServerInputs["remote"];
}

/** Returns what Pulumi stores: the kind's outputs and the internal fields, because outputs replace the whole state. */
export function toProps(
  { outputs, identity, isIncomplete }: Checkpoint<object>,
  { props, where, mayLack = [] }: { props: Props; where: ServerIdentity; mayLack?: readonly string[] | undefined },
): Props {
  const { remote, __urn, __provider, [secretsKey]: secrets, [timeoutsKey]: timeouts, [automaticNameKey]: name } = props;
  const known = { __schema: schemaVersion, __identity: identity, __incomplete: isIncomplete, [automaticNameKey]: name };
  const lacking = Object.fromEntries(mayLack.map((key) => [key, null]));
  const passed = { __urn, __provider, [secretsKey]: secrets, [timeoutsKey]: timeouts };
  return { ...lacking, ...plain({ ...outputs, remote, ...passed, ...known, ...where }) };
}

/** Expects props of the present schema. */
export function storedResource<Outputs>(id: string, props: Props): StoredResource<Outputs> {
  const { __identity: identity, __incomplete: isIncomplete } = props;
  return {
    id,
    state: props as unknown as Outputs,
    identity: identity as string | undefined,
    isIncomplete: isIncomplete === true,
  };
}

/** Returns the inputs in a state, as a program would write them; a kind lists its own inputs in its policies. */
export function inputsOfState<Inputs extends ServerInputs, Outputs extends Inputs>(
  props: Props,
  kind: KindDefinition<Inputs, Outputs>,
): Props {
  const pick = (keys: string[]): Props =>
    Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
  const own = pick([...Object.keys(kind.policies), "remote"]);
  return { ...withoutDefaults(kind, own), ...pick(["__urn", "__at", "__server", secretsKey, automaticNameKey]) };
}
