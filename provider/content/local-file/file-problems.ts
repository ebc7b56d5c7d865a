// Errors for a file that cannot be read or has changed.
import { LxdError } from "../../base/errors";

/** `given` is the path as the user wrote it, `path` the resolved one. */
export function unreadable(given: string, path: string, error: unknown): LxdError {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const displayed = given === path ? path : `${given} (${path})`;
  const [why, advice] = known[code] ?? [`SHOWN cannot be read: ${(error as Error).message}`, undefined];
  return new LxdError({ code: "invalid-argument", why: why.replace("SHOWN", displayed), advice });
}

const missing: [string, string] = ["there is no file SHOWN", "Paths are relative to the program's folder."];
const known: Record<string, [string, string]> = {
  ENOENT: missing,
  ENOTDIR: missing,
  EACCES: ["this user has no permission to read SHOWN", "Grant this user read permission."],
};

export function changed(path: string): LxdError {
  return new LxdError({
    code: "content-mismatch",
    why: `${path} changed while it was read`,
    advice: "Wait until it is no longer being written, then run `pulumi up` again.",
  });
}
