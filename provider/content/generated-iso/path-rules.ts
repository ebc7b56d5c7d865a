// Validates paths in a generated image, so that Windows (Joliet) and Linux (Rock Ridge) both show them unchanged.
import { LxdError } from "../../base/errors";

/**
 * Joliet's own limit is 64. 103 is what fits into a directory record next to what other tools may store there; Windows,
 * Linux and macOS read it, and other tools write it when asked for long names.
 */
const nameMaxUnits = 103;

/** The Linux kernel truncates a Rock Ridge name of 254 bytes or more. */
const nameMaxBytes = 253;

/** Windows limits a whole path including the drive to 260. */
const pathMaxUnits = 240;

/** ECMA-119 6.8.2.1 permits eight levels of folders including the root. */
const folderMaxDepth = 7;

/** Why the path of a file is not valid; undefined if it is. */
export function pathProblem(path: string): LxdError | undefined {
  const segments = path.split("/");
  const problem = formProblem(path, segments) ?? segments.map(nameProblem).find((found) => found !== undefined);
  return problem === undefined ? undefined : invalid(path, problem);
}

interface Problem {
  why: string;
  advice?: string;
}

function formProblem(path: string, segments: readonly string[]): Problem | undefined {
  if (path === "") return { why: "is empty" };
  if (path.includes("\\")) return { why: "contains a backslash", advice: "Separate folders with /." };
  if (path.startsWith("/")) return { why: "is absolute", advice: "Paths start at the root of the image, without a /." };
  if (path.endsWith("/")) return { why: "ends with /", advice: "List files only; their folders are created." };
  if (segments.includes("")) return { why: "contains an empty name" };
  if (segments.includes(".") || segments.includes("..")) return { why: "contains . or .." };
  if (segments.length - 1 > folderMaxDepth) return { why: `is more than ${folderMaxDepth} folders deep` };
  if (path.length > pathMaxUnits) return { why: `has ${path.length} characters, more than ${pathMaxUnits}` };
  return undefined;
}

function nameProblem(name: string): Problem | undefined {
  const quoted = JSON.stringify(name);
  const forbidden = forbiddenCharacter(name);
  if (forbidden !== undefined)
    return { why: `contains the character ${forbidden}, which Windows does not allow in a name` };
  if (/\p{Surrogate}/u.test(name)) return { why: "contains an unpaired surrogate" };
  if (/[. ]$/.test(name))
    return { why: `contains the name ${quoted}, from which Windows would remove the trailing dots and spaces` };
  if (name.length > nameMaxUnits) return tooLong(quoted, name.length, nameMaxUnits, "characters");
  const bytes = Buffer.byteLength(name);
  return bytes > nameMaxBytes ? tooLong(quoted, bytes, nameMaxBytes, "bytes of UTF-8") : undefined;
}

/** Joliet forbids the first six and control characters, Windows all of them. */
function forbiddenCharacter(name: string): string | undefined {
  const found = /[*/:;?\\"<>|\x00-\x1f\x7f]/.exec(name)?.[0];
  return found === undefined ? undefined : JSON.stringify(found);
}

function tooLong(quoted: string, length: number, max: number, unit: string): Problem {
  return { why: `has the name ${quoted} of ${length} ${unit}, more than ${max}` };
}

function invalid(path: string, { why, advice }: Problem): LxdError {
  return new LxdError({ code: "invalid-argument", why: `the path ${JSON.stringify(path)} ${why}`, advice });
}
