// What an object on the daemon and the program say differently, told property by property, for an import.
import { isDeepStrictEqual } from "node:util";
import { type Failure } from "../kind";
import { hasUnknown } from "../unknowns";

/** Inputs whose keys are compared one by one, so that each difference has its own line. */
const maps = ["config", "devices"];

export function valueDifferences(key: string, program: unknown, daemon: unknown): Failure[] {
  if (hasUnknown(program) || isDeepStrictEqual(program, daemon)) return [];
  if (!maps.includes(key)) return [difference(key, program, daemon)];
  const [one, other] = [program, daemon] as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names
    .filter((name) => !isDeepStrictEqual(one[name], other[name]))
    .map((name) => difference(`${key}[${JSON.stringify(name)}]`, one[name], other[name]));
}

/** What may hold a secret is not repeated. */
const confidential = /^cloudInit|user\.|cloud-init\.|environment\./;

export function difference(property: string, program: unknown, daemon: unknown): Failure {
  const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  const reason = confidential.test(property)
    ? "import: is not the same in the program and on the daemon"
    : `import: is ${shown(program)} in the program and ${shown(daemon)} on the daemon`;
  return { property, reason };
}
