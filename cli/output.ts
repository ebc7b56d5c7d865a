// Where a command writes: results to standard output, words for people beside them to standard error.
import { type Paint, paintFor, plain } from "./colour";

export interface Output {
  /** Lines of the result. */
  print(text: string): void;
  /** Lines for whoever watches: hints and errors. */
  note(text: string): void;
  /** Colours what is printed. */
  paint: Paint;
  /** Colours what is noted. */
  paintNote: Paint;
}

/** Says nothing: the result is printed as JSON when the command is done. */
export const muted: Output = { print: () => undefined, note: () => undefined, paint: plain, paintNote: plain };

export interface ProcessOutput extends Output {
  /** Resolves when all is written; rejects if it could not be. */
  end(): Promise<void>;
}

/** That of this process. */
export function processOutput({ stdout, stderr, env }: NodeJS.Process): ProcessOutput {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is not a fault: the command ends as it would have.
    if (error.code !== "EPIPE") failure = error;
  });
  // Whoever cannot be told, cannot be told that either.
  stderr.on("error", () => undefined);
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    paint: paintFor(stdout, env),
    paintNote: paintFor(stderr, env),
    end: async () => {
      // An error is emitted before the end of a write that comes after it.
      await new Promise<void>((resolve) => stdout.write("", () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (failure !== undefined) throw failure;
    },
  };
}
