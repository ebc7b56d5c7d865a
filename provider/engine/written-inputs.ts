// Keeps defaults out of what is stored: inputs are what the program says and what was computed, nothing else.
import { isDeepStrictEqual } from "node:util";
import { type Bag, plain } from "../kind/props";
import { type Draft } from "../kind/kind";

/** What of a kind is needed here. */
interface Defaulting<Inputs> {
  applyDefaults?: (draft: Draft<Inputs>) => Draft<Inputs>;
}

/** Inputs, or a state, with defaults filled in. */
export function withDefaults<Inputs>({ applyDefaults }: Defaulting<Inputs>, bag: Bag): Bag {
  return applyDefaults === undefined ? bag : applyDefaults(bag as Draft<Inputs>);
}

/**
 * Inputs as they are stored. A value that the program wrote stays as it wrote it, if defaults and spelling are all that
 * the completed value adds; a value that it did not write is stored only if it is not a default.
 */
export function asWritten<Inputs>(kind: Defaulting<Inputs>, written: Bag, completed: Bag): Bag {
  const entries = Object.entries(completed).flatMap(([key, value]): [string, unknown][] => {
    if (value === undefined) return [];
    if (!(key in written)) return isDefault(kind, completed, key) ? [] : [[key, value]];
    const raw = written[key];
    const isSame = isEqual(withDefaults(kind, { ...completed, [key]: raw })[key], value);
    return [[key, isSame ? raw : value]];
  });
  return Object.fromEntries(entries);
}

/** Inputs that were read from a server, of which nobody knows how a program would write them. */
export function withoutDefaults<Inputs>(kind: Defaulting<Inputs>, inputs: Bag): Bag {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !isDefault(kind, inputs, key)));
}

function isDefault<Inputs>(kind: Defaulting<Inputs>, inputs: Bag, key: string): boolean {
  const { [key]: value, ...others } = inputs;
  return isEqual(withDefaults(kind, others)[key], value);
}

function isEqual(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain({ value: one }), plain({ value: other }));
}
