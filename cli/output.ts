// Output of a command: results go to standard output, everything else for people to standard error.
import { type Paint, paintFor, plain } from "./colour";

export interface Output {
  /** Writes lines of the result. */
  print(text: string): void;
  /** Writes lines for people: hints and errors. */
  note(text: string): void;
  /** Colours the result. */
  paint: Paint;
  /** Colours hints and errors. */
  paintNote: Paint;
}

/** Discards everything: the result is printed as JSON when the command has finished. */
export const muted: Output = { print: () => undefined, note: () => undefined, paint: plain, paintNote: plain };

export interface ProcessOutput extends Output {
  /** Resolves when everything is written; rejects if that failed. */
  end(): Promise<void>;
}

/** Returns the output of this process. */
export function processOutput({ stdout, stderr, env }: NodeJS.Process): ProcessOutput {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that closes early (`| head`) is not an error: the command ends normally.
    if (error.code !== "EPIPE") failure = error;
  });
  // If standard error is closed, nothing can be reported.
  stderr.on("error", () => undefined);
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    paint: paintFor(stdout, env),
    paintNote: paintFor(stderr, env),
    end: async () => {
      // An error is emitted before the end of a later write.
      await new Promise<void>((resolve) => stdout.write("", () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (failure !== undefined) throw failure;
    },
  };
}
