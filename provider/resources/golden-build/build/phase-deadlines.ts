// Deadlines of each build phase: those set by the program, plus fixed ones for work that depends only on the server.
import { type DeadlineOptions } from "../../../lxd/client/core/deadline";
import { milliseconds } from "../../../kind/units";
import { type BootStep } from "../../machine/guest/boot-command";
import { type GoldenInputs } from "../schema";
import { stepTimeout } from "./steps";

const minuteMs = 60_000;

/**
 * Deadlines that are not configurable, since that has no use. docs/golden-images.md and the documentation of the arguments
 * list them.
 */
export const fixedMs = {
  media: 10 * minuteMs,
  machine: 60 * minuteMs,
  release: 10 * minuteMs,
  /** Until the agent of an installed system responds. */
  agent: 10 * minuteMs,
  /** For starting and stopping instances and removing media, around steps with their own deadline. */
  around: 15 * minuteMs,
};

/** The deadline of a whole phase. Waits within it end earlier, with an error that reports the last state. */
export function deadlineOf(phase: Phase, inputs: GoldenInputs): DeadlineOptions {
  const ms = limitMs(phase, inputs);
  const why = `it is not done after ${formatDuration(ms)}, the limit of the phase ${phase}${setBy[phase] ?? ""}`;
  return { ms, why };
}

/** The argument that alone sets a deadline. */
const setBy: Partial<Record<Phase, string>> = { publish: " (`image.timeout`)" };

function limitMs(phase: Phase, { install, bootCommand, provision, seal, image, verify }: GoldenInputs): number {
  const { media, machine, release, around } = fixedMs;
  switch (phase) {
    case "media":
      return media;
    case "machine":
      return machine;
    case "install":
      return around + sum([install.timeout, install.stableFor], milliseconds) + sum(bootCommand, bootMs);
    case "provision":
    case "seal":
      return (
        around + fixedMs.agent + sum([...provision, ...seal], (step) => milliseconds(timeoutOf(step) ?? stepTimeout))
      );
    case "publish":
      return milliseconds(image.timeout);
    case "verify":
      return (
        machine + around + sum(verify?.waitFor ?? [], (wait) => milliseconds(timeoutOf(wait) ?? verify?.timeout ?? ""))
      );
    case "release":
      return release;
  }
}

function timeoutOf(step: object): string | undefined {
  return "timeout" in step && typeof step.timeout === "string" ? step.timeout : undefined;
}

function bootMs(step: BootStep): number {
  if ("pause" in step) return milliseconds(step.pause);
  if ("key" in step) return (step.times ?? 1) * milliseconds(step.every ?? "1s");
  return milliseconds(timeoutOf(step) ?? "5m");
}

function sum<T>(all: readonly T[], msOf: (each: T) => number): number {
  return all.reduce((total, each) => total + msOf(each), 0);
}

function formatDuration(ms: number): string {
  const units: [number, string][] = [
    [60 * minuteMs, "h"],
    [minuteMs, "m"],
    [1000, "s"],
  ];
  const [size, unit] = units.find(([each]) => ms % each === 0) ?? [1, "ms"];
  return `${ms / size}${unit}`;
}

export const phases = ["media", "machine", "install", "provision", "seal", "publish", "verify", "release"] as const;

export type Phase = (typeof phases)[number];
