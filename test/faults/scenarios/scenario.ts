// What is broken: for each kind of resource, the programs between which a run takes a stack. Every verb is a row.
import { type Props } from "../../../provider/kind/props";
import type { Place } from "../place";
import type { Kind, Program, Resource } from "../stack";

export interface Verb {
  /** The program before; absent for a stack that has nothing yet. */
  from?: Program;
  /** The program that is run; absent where everything is destroyed, `refresh` where the state is only read. */
  to?: Program | "refresh";
  /** What happens by hand before. */
  before?: (place: Place) => Promise<void>;
  /** What a guest or a user writes before, and nobody may lose. */
  written?: (place: Place) => Promise<void>;
}

export interface Scenario {
  /** `iso-volume`, for the command line. */
  name: string;
  verbs: Record<string, Verb>;
}

export const at = (kind: Kind, name: string, args: Props | Resource["args"]): Resource => ({
  kind,
  name,
  args: typeof args === "function" ? args : () => args,
});

/** The verbs that every kind has, given its programs. */
export function usual(programs: Record<"first" | "changed" | "replaced", Program>): Scenario["verbs"] {
  const { first, changed, replaced } = programs;
  return {
    create: { to: first },
    update: { from: first, to: changed },
    replace: { from: first, to: replaced },
    read: { from: first, to: "refresh" },
    remove: { from: first, to: [] },
    delete: { from: first },
  };
}
