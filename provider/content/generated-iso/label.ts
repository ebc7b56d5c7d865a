// Validates the volume label, which installers search for and which is therefore stored verbatim.
import { LxdError } from "../../base/errors";

/** The size of the field in the primary descriptor, which Linux reads. */
const labelMax = 32;

/** UCS-2 halves the capacity of the same field: Windows shows the first 16 characters. */
export const jolietLabelMax = 16;

/**
 * Why a label is not valid; undefined if it is. The standard permits only upper case, digits and `_`, but cloud-init
 * uses `cidata` and every reader accepts it, so ASCII is allowed except characters that Windows forbids in labels.
 */
export function labelProblem(label: string): LxdError | undefined {
  if (label === "") return invalid("it is empty");
  if (label.length > labelMax) return invalid(`it has ${label.length} characters, more than ${labelMax}`);
  if (label.trim() !== label)
    return invalid("it begins or ends with a space, which cannot be distinguished from padding");
  const found = /[^ -~]|[*/:;?\\"<>|.,+=[\]]/u.exec(label)?.[0];
  if (found === undefined) return undefined;
  return invalid(`it contains the character ${JSON.stringify(found)}`, "Use letters, digits, spaces, - and _.");

  function invalid(why: string, advice?: string): LxdError {
    return new LxdError({
      code: "invalid-argument",
      why: `the label ${JSON.stringify(label)} is not usable: ${why}`,
      advice,
    });
  }
}
