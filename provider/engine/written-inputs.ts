// Keeps defaults out of stored inputs: only values that the program wrote, or that were computed, are stored.
import { isDeepStrictEqual } from "node:util";
import { plain, type Props } from "../kind/props";
import { type PartialInputs } from "../kind/kind";

/** The part of a kind that is needed here. */
interface Defaulting<Inputs> {
  applyDefaults?: (inputs: PartialInputs<Inputs>) => PartialInputs<Inputs>;
}

/** Applies defaults to inputs or a state. */
export function withDefaults<Inputs>({ applyDefaults }: Defaulting<Inputs>, props: Props): Props {
  return applyDefaults === undefined ? props : applyDefaults(props as PartialInputs<Inputs>);
}

/**
 * Returns inputs as they are stored. A value of the program is stored as written if the computed value differs only by
 * defaults and normalization. Other values are stored only if they are not defaults.
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

/** Removes defaults from inputs that were read from a server, for which no program's spelling is known. */
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
