// Merges and compares configuration maps.
import type { Config } from "./store/records";

/** An empty value means that the key is not set. */
export function withoutEmpty(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
}

/** The semantics of PATCH: specified keys are set, or removed by an empty value; others stay. */
export function mergeConfig(current: Config, change: Config = {}): Config {
  return withoutEmpty({ ...current, ...change });
}

/** Whether both contain the same keys and values, in any order. */
export function isSameConfig(a: Config, b: Config): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
