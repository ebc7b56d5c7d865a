// The volume label: what installers look for, so it is written exactly as given.
import { LxdError } from "../../base/errors";

/** The size of the field in the primary descriptor, where Linux looks. */
const labelMax = 32;

/** In UCS-2, half as many fit into the same field: Windows shows the first sixteen characters. */
export const jolietLabelMax = 16;

/**
 * What is wrong with a label; undefined if nothing is. The standard has upper case, digits and `_` only, but cloud-init
 * writes `cidata`, and everybody reads it: so ASCII without what Windows forbids in labels.
 */
export function labelProblem(label: string): LxdError | undefined {
  if (label === "") return invalid("it is empty");
  if (label.length > labelMax) return invalid(`it has ${label.length} characters, more than ${labelMax}`);
  if (label.trim() !== label)
    return invalid("it begins or ends with a space, which cannot be distinguished from padding");
  const found = /[^ -~]|[*/:;?\\"<>|.,+=[\]]/u.exec(label)?.[0];
  if (found === undefined) return undefined;
  return invalid(`it has the character ${JSON.stringify(found)}`, "Use letters, digits, spaces, - and _.");

  function invalid(why: string, advice?: string): LxdError {
    return new LxdError({
      code: "invalid-argument",
      why: `the label ${JSON.stringify(label)} is not usable: ${why}`,
      advice,
    });
  }
}
