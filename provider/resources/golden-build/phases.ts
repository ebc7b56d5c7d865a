// The phases of a build: shown on the resource's row as they pass, and named by a failure.
import { type Context } from "../../kind";

export const phases = ["media", "machine", "install", "provision", "seal", "publish", "verify", "release"] as const;
export type Phase = (typeof phases)[number];

/** Where a build is. */
export class Progress {
  phase: Phase = "media";

  constructor(private readonly show: (text: string) => void) {}

  enter(phase: Phase): void {
    this.phase = phase;
    this.status("begins");
  }

  readonly status = (text: string): void => {
    this.show(`${this.phase} (${phases.indexOf(this.phase) + 1}/${phases.length}): ${text}`);
  };

  /** The same surroundings, in which everything that is shown is shown as part of the phase. */
  in<C extends Context>(context: C): C {
    return { ...context, status: this.status };
  }
}
