// Compares an imported object with the program, property by property.
import { isDeepStrictEqual } from "node:util";
import { type Failure } from "../../kind/kind";
import { hasUnknown } from "../../kind/unknowns";
import { inProgramTerms, isRecord, partOf, type Sides } from "./program-values";

/** Inputs compared part by part, so that each difference is reported separately, with the property path of a part. */
const divided: Record<string, (part: string) => string> = {
  config: (key) => `config[${JSON.stringify(key)}]`,
  devices: (name) => `devices[${JSON.stringify(name)}]`,
  rootDisk: (field) => `rootDisk.${field}`,
};

/** `compared` holds the normalized values; `written` holds the values as each side writes them, for messages. */
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

/** Values that may hold a secret are never printed. */
const sensitive = /^cloudInit|^config\["(user|cloud-init|environment)\./;

/** Reports one property that differs. */
export function difference(property: string, program: unknown, daemon: unknown): Failure {
  const quoted = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  const reason = sensitive.test(property)
    ? "import: is not the same in the program and on the daemon"
    : `import: is ${quoted(program)} in the program and ${quoted(daemon)} on the daemon`;
  return { property, reason };
}
