// The parts of a golden image that programs write: the machine, its installation, its trial, and what is said of the result.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageAliasArgs } from "../image/image";
import { type CloudInitArgs } from "../instance/instance";
import { type DiskArgs, type NicArgs, type RootDiskArgs, type Scalar } from "../instance/instance-devices";
import { type WaitArgs } from "../instance/instance-waits";

/** The machine that is installed. All of it goes into the image: a change builds a new version. */
export interface GoldenMachineArgs {
  /** Number of processors. Default: the server's. */
  cpus?: pulumi.Input<number>;
  /** e.g. `"2GiB"`. Default: the server's. */
  memory?: pulumi.Input<string>;
  /** Needed unless a profile has a root disk. Machines made of the image need one of this size or more. */
  rootDisk?: pulumi.Input<RootDiskArgs>;
  /** As of an instance. With `uefi` and `bios` the image says of itself that it cannot boot with secure boot. */
  firmware?: pulumi.Input<"uefi" | "uefi-secureboot" | "bios">;
  /** As of an instance: which hardware the installer meets. Default: `linux`. */
  os?: pulumi.Input<"linux" | "windows">;
  /** A virtual TPM. Default: false. */
  tpm?: pulumi.Input<boolean>;
  /** A drive with the guest agent, which the image will ask of its machines too. Incus only. Default: false. */
  agentDrive?: pulumi.Input<boolean>;
  /** A drive with the data of `cloudInit`. Default: false. */
  cloudInitDrive?: pulumi.Input<boolean>;
  cloudInit?: pulumi.Input<CloudInitArgs>;
  nics?: pulumi.Input<pulumi.Input<NicArgs>[]>;
  disks?: pulumi.Input<pulumi.Input<DiskArgs>[]>;
  /** The server's configuration keys. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** Other devices, as the server knows them. */
  devices?: pulumi.Input<Record<string, pulumi.Input<Record<string, Scalar>>>>;
  /** Default: `["default"]`. */
  profiles?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How the end of the installation is known. A change of it alone does nothing. */
export interface InstallArgs {
  /** The installer switches the machine off for good. */
  until?: pulumi.Input<"powered-off">;
  /**
   * Default: `"90m"`, over all runs: what was waited for without success is waited for again only if it is longer now, or if
   * somebody has restarted the machine.
   */
  timeout?: pulumi.Input<string>;
  /** How long it must stay off, so that a reboot is not taken for the end. Default: `"10s"`. */
  stableFor?: pulumi.Input<string>;
}

/** The trial of an image before it is released: a machine is made of it, waited for, and deleted. */
export interface VerifyArgs {
  /** At least one; those without a time limit of their own have that of the trial. */
  waitFor: pulumi.Input<pulumi.Input<WaitArgs>[]>;
  /** Default: `"10m"`. */
  timeout?: pulumi.Input<string>;
}

/** What is said about the image. All of it changes in place, without a new version. */
export interface GoldenResultArgs {
  /** Names that always mean the released version: each moves in one step, when a version is verified. */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /** e.g. `{ os: "Debian", release: "12" }`, beside `version`, `inputs-hash` and `requirements.*`, which are made. */
  properties?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Whether anybody who reaches the server may copy it. Default: false. */
  public?: pulumi.Input<boolean>;
  /** When the server may delete it, as an RFC 3339 time. Default: never. */
  expiresAt?: pulumi.Input<string>;
  /** As of an image: what happens to an alias that somebody else has. Default: `fail`. */
  aliasPolicy?: pulumi.Input<"fail" | "adopt" | "move">;
  /** `gzip`, `xz`, `zstd`, `none` …; holds for the next version. Default: the server's. */
  compression?: pulumi.Input<string>;
  /** How long packing may take. Default: `"4h"`. */
  timeout?: pulumi.Input<string>;
}
