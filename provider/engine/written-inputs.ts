// Keeps defaults out of what is stored: inputs are what the program says and what was computed, nothing else.
import { isDeepStrictEqual } from "node:util";
import { plain, type Props } from "../kind/props";
import { type PartialInputs } from "../kind/kind";

/** What of a kind is needed here. */
interface Defaulting<Inputs> {
  applyDefaults?: (inputs: PartialInputs<Inputs>) => PartialInputs<Inputs>;
}

/** Inputs, or a state, with defaults filled in. */
export function withDefaults<Inputs>({ applyDefaults }: Defaulting<Inputs>, props: Props): Props {
  return applyDefaults === undefined ? props : applyDefaults(props as PartialInputs<Inputs>);
}

/**
 * Inputs as they are stored. A value that the program wrote stays as it wrote it, if defaults and spelling are all that
 * the completed value adds; a value that it did not write is stored only if it is not a default.
 */
export function asWritten<Inputs>(kind: Defaulting<Inputs>, written: Props, computed: Props): Props {
  const entries = Object.entries(computed).flatMap(([key, value]): [string, unknown][] => {
    if (value === undefined) return [];
    if (!(key in written)) return isDefault(kind, computed, key) ? [] : [[key, value]];
    const raw = written[key];
    const isSame = isEqual(withDefaults(kind, { ...computed, [key]: raw })[key], value);
    return [[key, isSame ? raw : value]];
  });
  return Object.fromEntries(entries);
}

/** Inputs that were read from a server, of which nobody knows how a program would write them. */
export function withoutDefaults<Inputs>(kind: Defaulting<Inputs>, inputs: Props): Props {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !isDefault(kind, inputs, key)));
}

function isDefault<Inputs>(kind: Defaulting<Inputs>, inputs: Props, key: string): boolean {
  const { [key]: value, ...others } = inputs;
  return isEqual(withDefaults(kind, others)[key], value);
}

function isEqual(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain({ value: one }), plain({ value: other }));
}
