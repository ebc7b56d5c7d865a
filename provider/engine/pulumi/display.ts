// Detects whether Pulumi's display redraws its rows or prints each progress line permanently, as in a pipeline's log.
import { readFileSync, readlinkSync } from "node:fs";

/** Between this process and the engine there is a shell, and possibly other processes. */
const mostAncestors = 6;

let known: boolean | undefined;

/** Without /proc, or if the engine is not found, everything but a pipeline counts as a terminal. */
export function isRedrawn(): boolean {
  known ??= engineHasTerminal(process.pid) ?? !process.env["CI"];
  return known;
}

/** Checks the closest ancestor that is a Pulumi CLI; undefined if there is none. */
export function engineHasTerminal(pid: number): boolean | undefined {
  try {
    let ancestor = pid;
    for (let i = 0; i < mostAncestors; i++) {
      ancestor = parentOf(ancestor);
      const [program = "", ...args] = readFileSync(`/proc/${ancestor}/cmdline`, "utf8").split("\0");
      if (!/(^|\/)pulumi(\.exe)?$/.test(program)) continue;
      return (
        !args.includes("--non-interactive") &&
        /^\/dev\/(pts\/|tty|console)/.test(readlinkSync(`/proc/${ancestor}/fd/1`))
      );
    }
  } catch {
    // Another operating system, or another user's process.
  }
  return undefined;
}

/** Returns the fourth field of `stat`, which follows a name in parentheses that may contain anything. */
function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}
