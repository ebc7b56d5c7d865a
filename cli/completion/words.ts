// What the scripts for all shells have in common.
import { type Command, type Option } from "../command";

/** Of an option, as it is typed: `-h`, `--help`. */
export function flagsOf(name: string, { short }: Option): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

export function flagsOfAll({ options }: Command): string[] {
  return Object.entries(options).flatMap(([name, option]) => flagsOf(name, option));
}

/** What can stand in place of a command. */
export function firstWords(commands: readonly Command[]): string[] {
  return [...commands.map(({ name }) => name), "--help", "--version"];
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
