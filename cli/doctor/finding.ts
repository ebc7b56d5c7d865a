// What the doctor finds: whether it is well, and what to do if it is not.
import { explained } from "../system-errors";

export interface Finding {
  /** `error`: nothing will work, or not as the settings say. `warning`: something will not. */
  level: "ok" | "info" | "warning" | "error";
  /** What was looked at, in a word or two. */
  check: string;
  text: string;
  /** What to do, as a full sentence. */
  advice?: string | undefined;
}

export function ok(check: string, text: string): Finding {
  return { level: "ok", check, text };
}

/** A failure in its own words, with its own advice. */
export function failed(check: string, error: unknown, level: "warning" | "error" = "error"): Finding {
  const { why, advice } = explained(error).details;
  return { level, check, text: why, advice };
}
