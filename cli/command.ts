// What a sub-command is to the command line.

/** A sub-command: one line of help, and what it does. Its promise resolves to the process's exit code. */
export interface Command {
  summary: string;
  run(args: string[]): Promise<number>;
}
