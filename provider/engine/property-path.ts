// Property paths of Pulumi's resource options: `rootDisk.size`, `config["limits.memory"]`, `cdroms[*].bus`.
import { type Props } from "../kind/props";

/** The steps of a path; `*` stands for each. */
export function stepsOf(path: string): string[] {
  return [...path.matchAll(/\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, double, single, index, name]) => (double ?? single)?.replaceAll(/\\(.)/g, "$1") ?? index?.trim() ?? name ?? "",
  );
}

/** Whether two values differ at a path. */
export function differsAt([step, ...rest]: string[], before: unknown, after: unknown, isSame: IsSame): boolean {
  if (step === undefined) return !isSame(before, after);
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const steps = step === "*" ? new Set([...Object.keys(old), ...Object.keys(now)]) : [step];
  return [...steps].some((each) => differsAt(rest, old[each], now[each], isSame));
}

type IsSame = (one: unknown, other: unknown) => boolean;

/** The value at a path; undefined if there is none. */
export function valueAt(root: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((value, step) => fieldsOf(value)[step], root);
}

/** A copy of a value with another value at a path; `undefined` removes the field. */
export function withValueAt(root: Props, [step, ...rest]: readonly string[], to: unknown): Props {
  if (step === undefined) return root;
  const copy: Props = Array.isArray(root) ? ([...(root as unknown[])] as unknown as Props) : { ...root };
  const value = rest.length === 0 ? to : withValueAt(fieldsOf(copy[step]), rest, to);
  if (value === undefined) Reflect.deleteProperty(copy, step);
  else copy[step] = value;
  return copy;
}

/** A copy of properties in which the values at some paths are those of others. */
export function withValuesOf(from: unknown, paths: readonly (readonly string[])[], props: Props): Props {
  return paths.reduce<Props>((all, path) => withValueAt(all, path, valueAt(from, path)), props);
}

function fieldsOf(value: unknown): Props {
  return typeof value === "object" && value !== null ? (value as Props) : {};
}
