// A command: an entry of the table from which parsing, help and shell completion are derived.
import { type Output } from "./output";

/** An error in the arguments; the process exits with 2. */
export class UsageError extends Error {}

/** What shells complete for a value. */
type Completes = "file" | "folder";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  default?: string;
  /** Placeholder of the value in the help, for example `DIR`. */
  placeholder?: string;
  /** The only valid values. */
  choices?: readonly string[];
  completes?: Completes;
  help: string;
}
export type Options = Readonly<Record<string, Option>>;

/** A positional argument. */
export interface Argument {
  name: string;
  choices?: readonly string[];
  /** Sentences for words that are not valid choices but that people try: what to use instead. */
  instead?: Readonly<Record<string, string>>;
  completes?: Completes;
  isOptional?: boolean;
}

type Value<O> = O extends { type: "boolean" }
  ? boolean
  : O extends { multiple: true }
    ? string[] | undefined
    : O extends { default: string }
      ? string
      : string | undefined;

export interface Input<O extends Options> {
  values: { [K in keyof O]: Value<O[K]> };
  positionals: string[];
}

/** The result of a command. */
export interface Outcome {
  /** False if the command found an error; the process then exits with 1. Default: true. */
  ok?: boolean;
  /** The result for programs; `--json` prints it instead of the text. */
  json?: object;
}

export interface Definition<O extends Options> {
  name: string;
  summary: string;
  /** What the command does, in a few lines of its help. */
  about: string;
  arguments: readonly Argument[];
  options: O;
  /** The fields that `--json` prints; without this, the command has no such option. */
  json?: string;
  run(input: Input<O>, output: Output): Promise<Outcome>;
}

/** A command in the table. Its promise resolves to the exit code of the process. */
export interface Command extends Omit<Definition<Options>, "run"> {
  run(args: string[], output: Output): Promise<number>;
}

/** Joins words as `a`, `a or b`, or `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${String(words.at(-1))}`;
}
