// Maps typed inputs to the daemon's config keys and back.
import { type StringMap } from "../../lxd/api/instance/instances";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { type TypedField } from "./definition";
import { isTrue } from "../../kind/booleans";
import { type Props } from "../../kind/props";

/** All config keys in the program, from typed inputs and from the plain map. */
export function configWrittenIn(inputs: { config: StringMap }, fields: readonly TypedField[]): StringMap {
  const typed = fields.flatMap((field): [string, string][] => {
    const value = valueAt(inputs, field.path);
    return value === undefined ? [] : [[field.key, String(value)]];
  });
  return { ...inputs.config, ...Object.fromEntries(typed) };
}

/** Typed inputs whose config key is also set in the plain map. */
export function writtenTwice(inputs: object, fields: readonly TypedField[]): TypedField[] {
  const { config } = inputs as { config?: StringMap | undefined };
  if (config === undefined || isUnknown(config)) return [];
  return fields.filter(({ key, path }) => key in config && valueAt(inputs, path) !== undefined);
}

/** Converts the daemon's config to inputs: a key that the program sets through a typed input is returned there. */
export function fieldsFrom<Inputs extends { config: StringMap }>(
  config: StringMap,
  written: Inputs,
  fields: readonly TypedField[],
): Inputs {
  const left = { ...config };
  const result = structuredClone(written) as Inputs & Props;
  for (const { path, key, kind } of fields) {
    if (valueAt(written, path) === undefined) continue;
    const value = left[key];
    Reflect.deleteProperty(left, key);
    setAt(result, path, value === undefined || kind === "text" ? value : isTrue(value));
  }
  return { ...result, config: left };
}

/** Normalizes the text of each typed input. */
export function normalizeFields<Inputs extends object>(
  inputs: Inputs,
  fields: readonly TypedField[],
  spell: (key: string, value: string) => string,
): Inputs {
  if (hasUnknown(inputs)) return inputs;
  const result = structuredClone(inputs) as Inputs & Props;
  for (const { path, key, kind } of fields) {
    const value = valueAt(inputs, path);
    if (kind === "text" && typeof value === "string") setAt(result, path, spell(key, value));
  }
  return result;
}

function valueAt(root: object, path: readonly string[]): string | boolean | undefined {
  let value: unknown = root;
  for (const step of path) {
    if (isUnknown(value)) return unknown;
    value = typeof value === "object" && value !== null ? (value as Props)[step] : undefined;
  }
  return value as string | boolean | undefined;
}

function setAt(root: Props, path: readonly string[], to: unknown): void {
  const [step = "", ...rest] = path;
  if (rest.length === 0) root[step] = to;
  else setAt((root[step] ??= {}) as Props, rest, to);
}
