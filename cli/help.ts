// Formats the help of one command and of all commands from the table.
import { type Argument, type Command, type Option } from "./command";

/** Maximum line length; terminals have 80 columns or more. */
const width = 100;
/** Column in which descriptions of options begin; after a longer option, the description starts on the next line. */
const column = 24;

export function helpOf(command: Command): string {
  const { about, options } = command;
  const listed = Object.entries(options).map(([option, details]) => row(flag(option, details), described(details)));
  return [
    `${usageOf(command)} [options]`,
    "",
    ...about.split("\n").flatMap((line) => wrap(line, width)),
    "",
    "Options:",
    ...listed,
  ].join("\n");
}

/** Returns, for example, `Usage: pulumi-lxd export image REF`. */
export function usageOf(command: Pick<Command, "name" | "arguments">): string {
  return ["Usage: pulumi-lxd", command.name, ...command.arguments.map(shownArgument)].join(" ");
}

export function helpOfAll(commands: readonly Command[]): string {
  return [
    "Usage: pulumi-lxd COMMAND [options]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => row(name, summary)),
    "",
    "Options:",
    row("-h, --help", "print this help"),
    row("-V, --version", "print the version"),
    "",
    "`pulumi-lxd help COMMAND` says more about a command.",
    "The exit code is 0 when a command is done, 1 when it failed or found an error, 2 when its arguments are wrong.",
  ].join("\n");
}

/** Returns a fixed word as typed, otherwise the placeholder of the value. */
export function shownArgument({ name, choices, isOptional }: Argument): string {
  const shown = choices?.length === 1 ? String(choices[0]) : name;
  return isOptional ? `[${shown}]` : shown;
}

function flag(name: string, { short, placeholder, choices, multiple }: Option): string {
  const value = placeholder ?? choices?.join("|");
  const long = `--${name}${value === undefined ? "" : ` ${value}`}${multiple ? "…" : ""}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

function described({ help, default: value }: Option): string {
  return value === undefined ? help : `${help} (default: ${value})`;
}

function row(head: string, text: string): string {
  const lines = wrap(text, width - column);
  const indent = " ".repeat(column);
  const first = `  ${head}`;
  const fits = first.length + 2 <= column;
  const [begin = "", ...rest] = lines.map((line, i) => (i === 0 && fits ? first.padEnd(column) + line : indent + line));
  return [...(fits ? [] : [first]), begin, ...rest].join("\n");
}

function wrap(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
