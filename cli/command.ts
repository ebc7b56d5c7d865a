// What a command is: an entry of a table, from which its parsing, its help and the shells' completion follow.
import { type Output } from "./output";

/** What is wrong with the arguments: the process exits with 2. */
export class UsageError extends Error {}

/** What a shell proposes for a value. */
type Completes = "file" | "folder";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  default?: string;
  /** What stands for the value in the help: `DIR`. */
  placeholder?: string;
  /** The only values that it takes. */
  choices?: readonly string[];
  completes?: Completes;
  help: string;
}
export type Options = Readonly<Record<string, Option>>;

/** An argument without a dash. */
export interface Argument {
  name: string;
  choices?: readonly string[];
  /** For words that are not choices and that people try: what does it instead, as a sentence. */
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

/** What came of a command. */
export interface Outcome {
  /** False if it has found something that is wrong; the process then exits with 1. Default: true. */
  ok?: boolean;
  /** The result for programs, which `--json` prints in place of the text. */
  json?: object;
}

export interface Definition<O extends Options> {
  name: string;
  summary: string;
  /** What it does, in a few lines of its help. */
  about: string;
  arguments: readonly Argument[];
  options: O;
  /** The fields that `--json` prints; the command has no such option without. */
  json?: string;
  run(input: Input<O>, output: Output): Promise<Outcome>;
}

/** A command as the table has it. Its promise resolves to the process's exit code. */
export interface Command extends Omit<Definition<Options>, "run"> {
  run(args: string[], output: Output): Promise<number>;
}

/** `a`, `a or b`, `a, b or c` */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${String(words.at(-1))}`;
}
