// Formats the daemon's values in the program's units and spelling, so that a difference is easy to read.
import { inStyleOf } from "../../kind/booleans";
import { parseSize } from "../../kind/units";

/** One value in the program and on the daemon. */
export interface Sides {
  program: unknown;
  daemon: unknown;
}

/**
 * The daemon's value as the program would write it. Only a value with a normalized form of its own is known to be a
 * size or a boolean; any other value is printed verbatim.
 */
export function inProgramTerms(compared: Sides, written: Sides): unknown {
  const { program, daemon } = written;
  if (isRecord(program) && isRecord(daemon)) {
    return Object.fromEntries(
      Object.keys(daemon).map((key) => [key, inProgramTerms(partOf(compared, key), partOf(written, key))]),
    );
  }
  const isNormalized = compared.program !== program || compared.daemon !== daemon;
  if (!isNormalized || typeof program !== "string" || typeof daemon !== "string") return daemon;
  return inUnitOf(program, daemon) ?? inWordsOf(program, compared.daemon) ?? daemon;
}

/** The value of a key on each side; undefined where the side has no such key. */
export function partOf({ program, daemon }: Sides, key: string): Sides {
  return { program: isRecord(program) ? program[key] : undefined, daemon: isRecord(daemon) ? daemon[key] : undefined };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The size in the program's unit; undefined if it is not a whole number of that unit. */
function inUnitOf(program: string, daemon: string): string | undefined {
  const [unit = ""] = /[a-zA-Z]*$/.exec(program) ?? [];
  const [one, bytes] = [parseSize(`1${unit}`), parseSize(daemon)];
  if (parseSize(program) === undefined || one === undefined || bytes === undefined || bytes % one !== 0)
    return undefined;
  return `${bytes / one}${unit}`;
}

function inWordsOf(program: string, daemon: unknown): string | undefined {
  return daemon === "true" || daemon === "false" ? inStyleOf(program, daemon === "true") : undefined;
}
