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

export interface Comparison {
  /** The normalized values. */
  compared: Sides;
  /** The values as each side writes them, for messages. */
  written: Sides;
  isSecret: IsSecret;
}

type IsSecret = (property: string) => boolean;

export function valueDifferences(key: string, comparison: Comparison): Failure[] {
  const { program, daemon } = comparison.compared;
  if (hasUnknown(program) || isDeepStrictEqual(program, daemon)) return [];
  const nameOf = divided[key];
  if (nameOf === undefined || !isRecord(program) || !isRecord(daemon)) return [differenceOf(key, comparison)];
  const parts = [...new Set([...Object.keys(program), ...Object.keys(daemon)])];
  return parts
    .filter((part) => !isDeepStrictEqual(program[part], daemon[part]))
    .map((part) => {
      const { compared, written } = comparison;
      return differenceOf(nameOf(part), {
        ...comparison,
        compared: partOf(compared, part),
        written: partOf(written, part),
      });
    });
}

function differenceOf(property: string, { compared, written, isSecret }: Comparison): Failure {
  return difference(property, { program: written.program, daemon: inProgramTerms(compared, written) }, isSecret);
}

/** Values that often hold a secret are never printed, whether or not the program marks them as one. */
const sensitive =
  /^cloudInit|^config\["((cloud-init|environment)\.|user\.(user-data|vendor-data|meta-data|network-config)"|.*(pass|secret|token|credential|key))/i;

/** Reports one property that differs. */
export function difference(property: string, { program, daemon }: Sides, isSecret: IsSecret): Failure {
  const quoted = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  const reason =
    sensitive.test(property) || isSecret(property)
      ? "import: is not the same in the program and on the daemon"
      : `import: is ${quoted(program)} in the program and ${quoted(daemon)} on the daemon`;
  return { property, reason };
}
