// Reads the engine's event log of one run into typed steps, counts and messages.
import { existsSync, readFileSync } from "node:fs";

/** A resource's side of a step, as the engine has it. */
export interface StepState {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What the engine does to one resource: `create`, `update`, `replace`, `delete`, `same`, `refresh` … */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The last part of the URN. */
  readonly name: string;
  readonly failed: boolean;
  /** The inputs that differ. */
  readonly diffs: readonly string[];
  /** Those of them that make it a replacement. */
  readonly replaces: readonly string[];
  readonly old: StepState | undefined;
  readonly new: StepState | undefined;
}

export interface Events {
  /** Finished or failed steps of the program's own resources, without the stack and the default providers. */
  readonly steps: readonly Step[];
  /** Steps that were begun, finished or not. */
  readonly begun: readonly Step[];
  /** How many resources met each operation, as the summary says it (with the stack itself). */
  readonly counts: Readonly<Record<string, number>>;
  /** Warnings, errors and the program's own output, in order. */
  readonly messages: readonly Message[];
}

export interface Message {
  readonly severity: string;
  readonly text: string;
  readonly urn: string | undefined;
}

interface WireMetadata {
  op: string;
  urn: string;
  type: string;
  keys?: string[] | null;
  diffs?: string[] | null;
  old?: StepState | null;
  new?: StepState | null;
}

interface WireEvent {
  resourcePreEvent?: { metadata: WireMetadata };
  resOutputsEvent?: { metadata: WireMetadata };
  resOpFailedEvent?: { metadata: WireMetadata };
  diagnosticEvent?: { urn?: string; severity: string; message: string };
  summaryEvent?: { resourceChanges?: Record<string, number> | null };
}

/** The events in the file, none where the run did not come so far as to write it. */
export function readEvents(file: string): Events {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const events = lines.flatMap(parseLine);
  return {
    begun: events.flatMap((event) => ownStep(event.resourcePreEvent, false)),
    steps: events.flatMap((event) => [
      ...ownStep(event.resOutputsEvent, false),
      ...ownStep(event.resOpFailedEvent, true),
    ]),
    counts: events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    messages: events.flatMap(({ diagnosticEvent: event }) =>
      event && event.severity !== "debug"
        ? [{ severity: event.severity, text: event.message.trimEnd(), urn: event.urn }]
        : [],
    ),
  };
}

/** A killed engine leaves half a line behind. */
function parseLine(line: string): WireEvent[] {
  try {
    return [JSON.parse(line) as WireEvent];
  } catch {
    return [];
  }
}

function ownStep(event: { metadata: WireMetadata } | undefined, failed: boolean): Step[] {
  if (!event || /^pulumi:(providers:|pulumi:Stack$)/.test(event.metadata.type)) return [];
  const { op, urn, type, keys, diffs, old, new: next } = event.metadata;
  return [
    {
      op,
      urn,
      type,
      name: urn.split("::").at(-1) ?? "",
      failed,
      diffs: diffs ?? [],
      replaces: keys ?? [],
      old: old ?? undefined,
      new: next ?? undefined,
    },
  ];
}
