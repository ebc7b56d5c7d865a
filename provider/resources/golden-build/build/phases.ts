// Phases of a build: shown in the resource's status, limited by a deadline, and named in failures.
import { Deadline } from "../../../lxd/client/core/deadline";
import { type Context } from "../../../kind/kind";
import { deadlineOf, type Phase, phases } from "./phase-deadlines";
import { type GoldenInputs } from "../schema";
import { type Place } from "../versions";

/** The progress of a build. */
export class Progress {
  phase: Phase = "media";
  /** The deadline of the current phase. */
  readonly limit = new Deadline();

  constructor(
    private readonly show: (text: string) => void,
    private readonly inputs: GoldenInputs,
  ) {}

  enter(phase: Phase): void {
    // Sealing shares the boot and the deadline of provisioning.
    if (phase !== "seal") this.limit.begin(deadlineOf(phase, this.inputs));
    this.phase = phase;
    this.status("begins");
  }

  readonly status = (text: string): void => {
    this.show(`${this.phase} (${phases.indexOf(this.phase) + 1}/${phases.length}): ${text}`);
  };

  /** A copy of the context whose status shows the phase and whose requests end at its deadline. */
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
