// Saves most of the time that a program spends in the constructors of resources, and a fifth of the state.
import { join, sep } from "node:path";

/** V8's settings for stack traces. */
interface Traces {
  stackTraceLimit: number;
  prepareStackTrace?: ((error: Error, calls: NodeJS.CallSite[]) => unknown) | undefined;
}

/** Leads from Pulumi's code to the program's line, which errors of a registration name. */
const frames = 6;

/**
 * Pulumi formats four stack traces for each property of a resource, which it shows only to find promises that never
 * resolve. Until the returned function is called, such traces are short, and empty if they are read at once. Those that
 * are read later are complete. Of a longer one Pulumi stores the line of the resource and those that lead to it: it has
 * the lines of the program.
 */
export function shortTraces(): () => void {
  const settings = Error as Traces;
  const { stackTraceLimit: limit, prepareStackTrace: format } = settings;
  // Only a program with source maps has a function that formats traces.
  if (format === undefined || process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined) return () => undefined;
  settings.stackTraceLimit = Math.min(limit, frames);
  settings.prepareStackTrace = (error, calls) =>
    calls.length > frames ? format(error, ofProgram(calls)) : String(error);
  return () => {
    settings.stackTraceLimit = limit;
    settings.prepareStackTrace = format;
  };
}

/** The folder of this package, also as a bundle. */
const own = join(__dirname, "..") + sep;
const ofPulumi = /[\\/]@pulumi[\\/]pulumi[\\/]/;

/**
 * Pulumi skips the constructors of its own two classes and of one derived from them, so this leaves one of this
 * package's. It omits what called the program: the functions of Node and Pulumi that run every program.
 */
function ofProgram(calls: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const first = calls.findIndex(isOwn);
  const kept = calls.filter((call, i) => i === first || !isOwn(call));
  return kept.slice(0, kept.findLastIndex((call) => !isRunner(call)) + 1);
}

function isOwn(call: NodeJS.CallSite): boolean {
  return call.getFileName()?.startsWith(own) === true;
}

function isRunner(call: NodeJS.CallSite): boolean {
  const file = call.getFileName();
  return file == null || file.startsWith("node:") || ofPulumi.test(file);
}
