// The daemon's values in the words of the program, for people who compare the two: `8GiB` with `4GiB`, `yes` with `no`.
import { inStyleOf } from "../../kind/booleans";
import { parseSize } from "../../kind/units";

/** One value, in the program and on the daemon. */
export interface Sides {
  program: unknown;
  daemon: unknown;
}

/**
 * What the daemon has, as the program would write it. Only a value that is compared in another form than it is written in
 * is known to be a size or an answer; all others are told to the letter.
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

/** What stands under a key on each side; undefined where there is no such thing. */
export function partOf({ program, daemon }: Sides, key: string): Sides {
  return { program: isRecord(program) ? program[key] : undefined, daemon: isRecord(daemon) ? daemon[key] : undefined };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In the program's unit, or if that does not go into it, as the daemon has it. */
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
