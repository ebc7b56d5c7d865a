// What an object on the daemon and the program say differently, told property by property, for an import.
import { isDeepStrictEqual } from "node:util";
import { type Failure } from "../../kind/kind";
import { hasUnknown } from "../../kind/unknowns";
import { inProgramTerms, isRecord, partOf, type Sides } from "./program-values";

/** Inputs whose parts are compared one by one, so that each difference has its own line; and how such a line names one. */
const divided: Record<string, (part: string) => string> = {
  config: (key) => `config[${JSON.stringify(key)}]`,
  devices: (name) => `devices[${JSON.stringify(name)}]`,
  rootDisk: (field) => `rootDisk.${field}`,
};

/** `compared`: in the one form in which they are compared. `written`: as each of the two writes it, for people. */
export function valueDifferences(key: string, compared: Sides, written: Sides): Failure[] {
  const { program, daemon } = compared;
  if (hasUnknown(program) || isDeepStrictEqual(program, daemon)) return [];
  const nameOf = divided[key];
  if (nameOf === undefined || !isRecord(program) || !isRecord(daemon)) return [differenceOf(key, compared, written)];
  const parts = [...new Set([...Object.keys(program), ...Object.keys(daemon)])];
  return parts
    .filter((part) => !isDeepStrictEqual(program[part], daemon[part]))
    .map((part) => differenceOf(nameOf(part), partOf(compared, part), partOf(written, part)));
}

function differenceOf(property: string, compared: Sides, written: Sides): Failure {
  return difference(property, written.program, inProgramTerms(compared, written));
}

/** What may hold a secret is not repeated. */
const sensitive = /^cloudInit|^config\["(user|cloud-init|environment)\./;

/** One property that is not the same on both sides. */
export function difference(property: string, program: unknown, daemon: unknown): Failure {
  const quoted = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  const reason = sensitive.test(property)
    ? "import: is not the same in the program and on the daemon"
    : `import: is ${quoted(program)} in the program and ${quoted(daemon)} on the daemon`;
  return { property, reason };
}
