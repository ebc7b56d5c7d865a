// A finding of the doctor: whether a check passed, and what to do if it did not.
import { explained } from "../system-errors";

export interface Finding {
  /** `error`: nothing works, or not as configured. `warning`: something does not work. */
  level: "ok" | "info" | "warning" | "error";
  /** What was checked, in one or two words. */
  check: string;
  text: string;
  /** What to do, as a full sentence. */
  advice?: string | undefined;
}

export function ok(check: string, text: string): Finding {
  return { level: "ok", check, text };
}

/** Converts a failure, with its own advice, to a finding. */
export function failed(check: string, error: unknown, level: "warning" | "error" = "error"): Finding {
  const { why, advice } = explained(error).details;
  return { level, check, text: why, advice };
}
