// Saves most of the time that a program spends in the constructors of resources.

/** V8's settings for stack traces. */
interface Traces {
  stackTraceLimit: number;
  prepareStackTrace?: ((error: Error, calls: unknown[]) => unknown) | undefined;
}

/** Leads from Pulumi's code to the program's line, which errors of a registration name. */
const frames = 6;

/**
 * Pulumi formats four stack traces for each property of a resource, which it shows only to find promises that never
 * resolve. Until the returned function is called, such traces are short, and empty if they are read at once. Longer
 * ones, from which Pulumi takes the line of the resource, and those that are read later are complete.
 */
export function shortTraces(): () => void {
  const settings = Error as Traces;
  const { stackTraceLimit: limit, prepareStackTrace: format } = settings;
  // Only a program with source maps has a function that formats traces.
  if (format === undefined || process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined) return () => undefined;
  settings.stackTraceLimit = Math.min(limit, frames);
  settings.prepareStackTrace = (error, calls) => (calls.length > frames ? format(error, calls) : String(error));
  return () => {
    settings.stackTraceLimit = limit;
    settings.prepareStackTrace = format;
  };
}
