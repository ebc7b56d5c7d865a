// What can be typed on the serial console of a machine when it boots.
import type * as pulumi from "@pulumi/pulumi";
import type { Key } from "./key";

/**
 * Waits until the serial console says something that no earlier step has waited for. Fails, with the console's last
 * lines, when it has not in time.
 */
export interface AwaitStep {
  /** A regular expression of JavaScript, in which `^` and `$` stand for the ends of a line. */
  waitFor: pulumi.Input<string>;
  /** Default: `"5m"`. */
  timeout?: pulumi.Input<string>;
}

/** Types text, character by character. `\n` is Enter. Wrap secrets in `pulumi.secret`: what a guest echoes is in its log. */
export interface TypeStep {
  type: pulumi.Input<string>;
}

/** Presses a key: `enter`, `escape`, `up`, `f2`, `ctrl-c` … */
export interface KeyStep {
  key: pulumi.Input<Key>;
  /** How often, for guests that do not say when they listen. Default: 1. */
  times?: pulumi.Input<number>;
  /** The time between two presses. Default: `"1s"`. */
  every?: pulumi.Input<string>;
}

/** Waits for a time, e.g. `"2s"`. */
export interface PauseStep {
  pause: pulumi.Input<string>;
}

export type BootStepArgs = AwaitStep | TypeStep | KeyStep | PauseStep;
