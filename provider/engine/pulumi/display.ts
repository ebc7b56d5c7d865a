// Whether Pulumi's display redraws its rows, or prints each line of progress for good, as in the log of a pipeline.
import { readFileSync, readlinkSync } from "node:fs";

/** Between this process and the engine there is a shell, and in between possibly others. */
const mostAncestors = 6;

let known: boolean | undefined;

/** On systems without /proc, and where the engine is not found, everything but a pipeline counts as a terminal. */
export function isRedrawn(): boolean {
  known ??= engineHasTerminal(process.pid) ?? !process.env["CI"];
  return known;
}

/** Of the closest ancestor that is a Pulumi CLI; undefined if there is none. */
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
    // Another system, or another user's process.
  }
  return undefined;
}

/** The fourth field of `stat`, after a name in parentheses that may have anything in it. */
function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}
