// What a sub-command is to the command line.

/** What is wrong with the arguments: the process exits with 2. */
export class UsageError extends Error {}

/** A sub-command: one line of help, and what it does. Its promise resolves to the process's exit code. */
export interface Command {
  summary: string;
  run(args: string[]): Promise<number>;
}
