// Helpers shared by the completion scripts of all shells.
import { type Command, type Option } from "../command";

/** Returns the forms of an option as typed: `-h`, `--help`. */
export function flagsOf(name: string, { short }: Option): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

export function flagsOfAll({ options }: Command): string[] {
  return Object.entries(options).flatMap(([name, option]) => flagsOf(name, option));
}

/** Returns the words that may stand in place of a command. */
export function firstWords(commands: readonly Command[]): string[] {
  return [...commands.map(({ name }) => name), "--help", "--version"];
}

/** Quotes text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
