// Argument types for what is typed on the serial console when a virtual machine boots.
import type * as pulumi from "@pulumi/pulumi";
import type { Key } from "./key";

/**
 * Waits for text on the serial console that no earlier step has matched. Fails after the timeout, with the last lines
 * of the console.
 */
export interface AwaitStep {
  /** A JavaScript regular expression. `^` and `$` match at line boundaries. */
  waitFor: pulumi.Input<string>;
  /** How long to wait. Default: `"5m"`. */
  timeout?: pulumi.Input<string>;
}

/**
 * Types text, character by character; `\n` is Enter. Wrap secrets in `pulumi.secret`. Text that the guest echoes
 * appears in its console log.
 */
export interface TypeStep {
  /** The text to type. */
  type: pulumi.Input<string>;
}

/** Presses a key. */
export interface KeyStep {
  /** Name of the key: `enter`, `escape`, `up`, `f2`, `ctrl-c` …. */
  key: pulumi.Input<Key>;
  /** How often to press the key, for guests that do not show when they accept input. Default: 1. */
  times?: pulumi.Input<number>;
  /** Time between two key presses. Default: `"1s"`. */
  every?: pulumi.Input<string>;
}

/** Pauses before the next step. */
export interface PauseStep {
  /** How long to pause, for example `"2s"`. */
  pause: pulumi.Input<string>;
}

export type BootStepArgs = AwaitStep | TypeStep | KeyStep | PauseStep;
