// Builds a command from its definition: parses arguments, prints help or the result, and reports failures.
import { readArguments } from "./arguments";
import { type Command, type Definition, type Input, type Options, UsageError } from "./command";
import { helpOf } from "./help";
import { muted, type Output } from "./output";
import { explained } from "./system-errors";

const help = { type: "boolean", short: "h", help: "print this help" } as const;

export function define<O extends Options>(definition: Definition<O>): Command {
  const json = definition.json;
  const printed = json === undefined ? {} : { json: { type: "boolean", help: `print JSON: ${json}` } as const };
  const options: Options = { ...definition.options, ...printed, help };
  const command: Command = { ...definition, options, run: (args, output) => run(args, output) };
  const run = async (args: string[], output: Output): Promise<number> => {
    let isJson = false;
    try {
      const { positionals, ...read } = readArguments(command, args);
      const values: Record<string, unknown> = read.values;
      if (values["help"] === true) return done(output, helpOf(command));
      isJson = values["json"] === true;
      const input = { values: values as Input<O>["values"], positionals };
      const { ok = true, json: fields } = await definition.run(input, isJson ? muted : output);
      if (isJson) output.print(shown({ ok, ...fields }));
      return ok ? 0 : 1;
    } catch (error) {
      return isJson ? failAsJson(error, output) : fail(error, output, definition.name);
    }
  };
  return command;
}

function done(output: Output, text: string): number {
  output.print(text);
  return 0;
}

function shown(result: object): string {
  return JSON.stringify(result, null, 2);
}

/** Reports an error and returns its exit code. */
export function fail(error: unknown, output: Output, command?: string): number {
  const isUsage = error instanceof UsageError;
  output.note(`${output.paintNote("red", "pulumi-lxd:")} ${inWords(error)}`);
  if (!isUsage) return 1;
  const line = command === undefined ? "pulumi-lxd --help" : `pulumi-lxd ${command} --help`;
  output.note(`\`${line}\` lists ${command === undefined ? "the commands" : "the options"}.`);
  return 2;
}

/** An error that is neither ours nor the system's already is a sentence. */
function inWords(error: unknown): string {
  const { message, details } = explained(error);
  return error === details.cause && error instanceof Error && error.message === details.why ? details.why : message;
}

function failAsJson(error: unknown, output: Output): number {
  if (error instanceof UsageError) return fail(error, output);
  const { code, doing, why, advice } = explained(error).details;
  const message = doing === undefined ? why : `${doing}: ${why}`;
  output.print(shown({ ok: false, error: { code, message, advice } }));
  return 1;
}
