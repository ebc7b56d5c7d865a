// The phases of a build: shown on the resource's row as they pass, each with a limit, and named by a failure.
import { Deadline } from "../../../lxd/client/core/deadline";
import { type Context } from "../../../kind/kind";
import { deadlineOf, type Phase, phases } from "./phase-deadlines";
import { type GoldenInputs } from "../schema";
import { type Place } from "../versions";

/** Where a build is. */
export class Progress {
  phase: Phase = "media";
  /** Of the phase that it is in. */
  readonly limit = new Deadline();

  constructor(
    private readonly show: (text: string) => void,
    private readonly inputs: GoldenInputs,
  ) {}

  enter(phase: Phase): void {
    // What is sealed is one boot with what is provided, and has one limit with it.
    if (phase !== "seal") this.limit.begin(deadlineOf(phase, this.inputs));
    this.phase = phase;
    this.status("begins");
  }

  readonly status = (text: string): void => {
    this.show(`${this.phase} (${phases.indexOf(this.phase) + 1}/${phases.length}): ${text}`);
  };

  /** The same surroundings, in which everything that is shown is shown as part of the phase, and held to its limit. */
  in<C extends Context>(context: C): C {
    return { ...context, status: this.status, client: context.client.until(this.limit) };
  }
}

export interface Build {
  context: Context;
  place: Place;
  inputs: GoldenInputs;
  progress: Progress;
}
