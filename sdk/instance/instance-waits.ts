// What can be waited for when an instance has been made.
import type * as pulumi from "@pulumi/pulumi";

interface TimedArgs {
  /** e.g. `"90m"`. Default: `"5m"`. */
  timeout?: pulumi.Input<string>;
}

/**
 * The guest has switched the machine off for good, as an unattended installer does at its end. A machine that somebody has
 * stopped has not; it is started again. LXD does not tell the two apart if no run has watched.
 */
export interface PoweredOffWait {
  condition: "powered-off";
  /** e.g. `"90m"`. Default: `"30m"`. */
  timeout?: pulumi.Input<string>;
  /** How long it must stay off, so that a reboot is not taken for the end. Default: `"10s"`. */
  stableFor?: pulumi.Input<string>;
}

/** The guest's agent answers; containers need none. */
export interface AgentWait extends TimedArgs {
  condition: "agent";
}

/** cloud-init in the guest is done; it fails with what cloud-init says of its own failure. Needs the agent in VMs. */
export interface CloudInitWait extends TimedArgs {
  condition: "cloud-init";
}

/** The guest has an address of this family that others can reach. */
export interface AddressWait<Family extends "ipv4" | "ipv6"> extends TimedArgs {
  condition: Family;
  /** The interface's name in the guest. Default: any. */
  interface?: pulumi.Input<string>;
}

/**
 * The console has said something since the machine was started for its waits. Not for virtual machines on LXD, which keeps
 * no log of their consoles; on Incus 6.0.3 and 6.6 to 6.11 those keep what was said in earlier starts. The servers tell each
 * text of a running container once: when a `pulumi up` continues to wait for one that was left running, it does not hear what
 * was read before.
 */
export interface ConsoleWait extends TimedArgs {
  condition: "console";
  /** A regular expression of JavaScript, in which `^` and `$` stand for the ends of a line. */
  pattern: pulumi.Input<string>;
}

/** A command in the guest ends with 0; it is run again until it does. Needs the agent in virtual machines. */
export interface ExecWait extends TimedArgs {
  condition: "exec";
  /** The program and its arguments; no shell reads them. */
  command: pulumi.Input<pulumi.Input<string>[]>;
}

/** A TCP port can be connected to from where Pulumi runs. */
export interface PortWait extends TimedArgs {
  condition: "port";
  port: pulumi.Input<number>;
  /** The interface's name in the guest. Default: any. */
  interface?: pulumi.Input<string>;
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
