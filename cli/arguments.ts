// Parses the arguments of a command by its entry in the table, and reports errors in them.
import { parseArgs } from "node:util";
import { nearest } from "../provider/base/nearest";
import { type Argument, type Command, either, type Input, type Options, UsageError } from "./command";
import { shownArgument, usageOf } from "./help";

type Read = Pick<Command, "name" | "arguments" | "options">;

export function readArguments(command: Read, args: string[]): Input<Options> {
  const { values, positionals } = parse(command, args);
  for (const [name, { choices }] of Object.entries(command.options)) {
    const value = values[name];
    if (choices === undefined || typeof value !== "string" || choices.includes(value)) continue;
    throw new UsageError(`--${name} ${value}: must be ${either(choices)}.`);
  }
  // Other errors do not matter if the user asks for help.
  if (values["help"] !== true) checkPositionals(command, positionals);
  return { values: values as Input<Options>["values"], positionals };
}

function parse({ options }: Read, args: string[]): { values: Record<string, unknown>; positionals: string[] } {
  const known = Object.entries(options).map(([name, { type, short, multiple, default: value }]) => {
    const initial = value ?? (type === "boolean" ? false : undefined);
    const rest = { ...(short && { short }), ...(multiple && { multiple }) };
    return [name, { type, ...rest, ...(initial !== undefined && { default: initial }) }] as const;
  });
  try {
    return parseArgs({ args, options: Object.fromEntries(known), strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageError(wrongOption(error as NodeJS.ErrnoException, Object.keys(options)));
  }
}

function wrongOption({ message, code }: NodeJS.ErrnoException, names: string[]): string {
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") return message;
  const [, option = ""] = /'(.*?)'/s.exec(message) ?? [];
  const near = option.startsWith("--") ? nearest(option.slice(2), names) : undefined;
  return near === undefined ? `Unknown option ${option}.` : `Unknown option ${option}. Did you mean \`--${near}\`?`;
}

function checkPositionals(command: Read, given: string[]): void {
  for (const [i, argument] of command.arguments.entries()) {
    const value = given[i];
    if (value !== undefined) checkChoice(argument, value);
    else if (!argument.isOptional)
      throw new UsageError(`Missing argument ${shownArgument(argument)}. ${usageOf(command)}`);
  }
  const extra = given[command.arguments.length];
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}". ${usageOf(command)}`);
}

function checkChoice({ choices, instead }: Argument, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  const other = instead !== undefined && Object.hasOwn(instead, value) ? instead[value] : undefined;
  throw new UsageError(other ?? unknownArgument(value, choices));
}

function unknownArgument(value: string, choices: readonly string[]): string {
  const near = nearest(value, choices);
  const hint = near === undefined ? `: must be ${either(choices)}.` : `; did you mean \`${near}\`?`;
  return `Unknown argument "${value}"${hint}`;
}
