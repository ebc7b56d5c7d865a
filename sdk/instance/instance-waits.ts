// Argument types for the conditions that a new instance waits for.
import type * as pulumi from "@pulumi/pulumi";
import { type OneOf, type OptionalInput, type StringInput } from "../resource/inputs";
import { type Duration } from "../resource/units";

interface TimedArgs {
  /** How long to wait, for example `"90m"`. Default: `"5m"`. */
  timeout?: StringInput<Duration | undefined>;
}

/**
 * The guest has powered itself off for good, as an unattended installer does when it has finished. An instance that
 * somebody has stopped does not count; it is started again. LXD cannot tell the two apart unless a run was watching at
 * the time.
 */
export interface PoweredOffWait {
  condition: "powered-off";
  /** How long to wait, for example `"90m"`. Default: `"30m"`. */
  timeout?: StringInput<Duration | undefined>;
  /** How long the instance must stay off, so that a reboot does not count. Default: `"10s"`. */
  stableFor?: StringInput<Duration | undefined>;
}

/** The guest agent answers. Always true for running containers, which need no agent. */
export interface AgentWait extends TimedArgs {
  condition: "agent";
}

/**
 * cloud-init has finished in the guest. If cloud-init reports a failure, the wait fails with its message. Virtual
 * machines require the guest agent.
 */
export interface CloudInitWait extends TimedArgs {
  condition: "cloud-init";
}

/** The guest has an address of this family that is reachable from outside the guest. */
export interface AddressWait<Family extends "ipv4" | "ipv6"> extends TimedArgs {
  condition: Family;
  /** Name of the network interface in the guest. Default: any. */
  interface?: OptionalInput<string>;
}

/**
 * The console has printed text that matches, since the instance was started for these conditions. Not available for
 * virtual machines on LXD, which keeps no log of their consoles. On Incus 6.0.3 and 6.6 to 6.11, the log of a virtual
 * machine also contains the output of earlier starts. LXD and Incus return the output of a running container only once:
 * a `pulumi up` that continues to wait for an instance which was left running does not see output that has been read
 * before.
 */
export interface ConsoleWait extends TimedArgs {
  condition: "console";
  /** A JavaScript regular expression. `^` and `$` match at line boundaries. */
  pattern: pulumi.Input<string>;
}

/** A command in the guest exits with 0. It is repeated until it does. Virtual machines require the guest agent. */
export interface ExecWait extends TimedArgs {
  condition: "exec";
  /** The program and its arguments, run without a shell. */
  command: pulumi.Input<pulumi.Input<string>[]>;
}

/** A TCP port of the guest accepts connections from the machine that runs Pulumi. */
export interface PortWait extends TimedArgs {
  condition: "port";
  /** The TCP port. */
  port: pulumi.Input<number>;
  /** Name of the network interface in the guest. Default: any. */
  interface?: OptionalInput<string>;
}

export type WaitArgs =
  | PoweredOffWait
  | AgentWait
  | CloudInitWait
  | AddressWait<"ipv4">
  | AddressWait<"ipv6">
  | ConsoleWait
  | ExecWait
  | PortWait;

/** Every field of a wait. */
type WaitKey = WaitArgs extends infer Wait ? (Wait extends unknown ? keyof Wait : never) : never;

/** Stands for every other condition, so that the compiler's error lists the valid ones. No value has this type. */
type OtherWait = { condition: OneOf<WaitArgs["condition"]> } & { [Key in Exclude<WaitKey, "condition">]?: unknown };

/** A condition as arguments accept it. */
export type WaitInput = pulumi.Input<WaitArgs | OtherWait>;
