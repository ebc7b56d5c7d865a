// Argument types for what is typed on the serial console when a virtual machine boots.
import type * as pulumi from "@pulumi/pulumi";
import type { Key } from "./key";
import { type Only, type OptionalInput, type StringInput } from "../resource/inputs";
import { type Duration } from "../resource/units";

/** The fields of all steps. */
type StepKey = "waitFor" | "timeout" | "type" | "key" | "times" | "every" | "pause";

/**
 * Waits for text on the serial console that no earlier step has matched. Fails after the timeout, with the last lines
 * of the console.
 */
export interface AwaitStep extends Only<"waitFor" | "timeout", StepKey> {
  /** A JavaScript regular expression. `^` and `$` match at line boundaries. */
  waitFor: pulumi.Input<string>;
  /** How long to wait. Default: `"5m"`. */
  timeout?: StringInput<Duration | undefined>;
}

/**
 * Types text, character by character; `\n` is Enter. Wrap secrets in `pulumi.secret`. Text that the guest echoes
 * appears in its console log.
 */
export interface TypeStep extends Only<"type", StepKey> {
  /** The text to type. */
  type: pulumi.Input<string>;
}

/** Presses a key. */
export interface KeyStep extends Only<"key" | "times" | "every", StepKey> {
  /** Name of the key: `enter`, `escape`, `up`, `f2`, `ctrl-c` …. */
  key: StringInput<Key>;
  /** How often to press the key, for guests that do not show when they accept input. Default: 1. */
  times?: OptionalInput<number>;
  /** Time between two key presses. Default: `"1s"`. */
  every?: StringInput<Duration | undefined>;
}

/** Pauses before the next step. */
export interface PauseStep extends Only<"pause", StepKey> {
  /** How long to pause, for example `"2s"`. */
  pause: StringInput<Duration>;
}

export type BootStepArgs = AwaitStep | TypeStep | KeyStep | PauseStep;
