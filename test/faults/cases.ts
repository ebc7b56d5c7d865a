// The cases: a fault at one request of one verb of one kind, and what the user does after it.
import { faults } from "./faults";
import type { Seen } from "./proxy";

/** `iso-volume/create/3/cut-after/up`: what a fault happens to, at which request, and what comes after it. */
export interface Case {
  scenario: string;
  verb: string;
  request: number;
  fault: string;
  then: "up" | "destroy";
}

export const nameOf = ({ scenario, verb, request, fault, then }: Case): string =>
  [scenario, verb, request, fault, then].join("/");

/** All there is, without those faults that do not suit a request. */
export function casesOf(of: Pick<Case, "scenario" | "verb">, requests: readonly Seen[]): Case[] {
  return requests.flatMap((seen, request) =>
    faults
      .filter(({ suits }) => suits === undefined || suits(seen))
      .flatMap(({ name: fault, losesState }): Case[] => {
        const up: Case = { ...of, request, fault, then: "up" };
        // What was made and never written down, no destroy can know.
        return losesState === true ? [up] : [up, { ...up, then: "destroy" }];
      }),
  );
}
