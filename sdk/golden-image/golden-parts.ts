// Argument types of a golden image: the machine, its installation, its test, and settings of the result.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageAliasArgs } from "../image/image";
import { type CloudInitArgs } from "../instance/instance";
import { type DiskArgs, type NicArgs, type RootDiskArgs, type Scalar } from "../instance/instance-devices";
import { type WaitArgs } from "../instance/instance-waits";

/** The virtual machine that is installed. Every argument goes into the image: any change builds a new version. */
export interface GoldenMachineArgs {
  /** Number of CPUs. Default: the server's. */
  cpus?: pulumi.Input<number>;
  /** Memory size, for example `"2GiB"`. Default: the server's. */
  memory?: pulumi.Input<string>;
  /**
   * The root disk. Required unless a profile has one. Instances created from the image need a root disk of at least
   * this size.
   */
  rootDisk?: pulumi.Input<RootDiskArgs>;
  /**
   * Firmware; see `Instance.firmware`. With `uefi` or `bios`, the image is marked as unable to boot with secure boot.
   */
  firmware?: pulumi.Input<"uefi" | "uefi-secureboot" | "bios">;
  /**
   * The guest operating system, which decides the hardware that the installer finds; see `Instance.os`. Default:
   * `linux`.
   */
  os?: pulumi.Input<"linux" | "windows">;
  /** Adds a virtual TPM. Default: false. */
  tpm?: pulumi.Input<boolean>;
  /**
   * Adds a drive with the guest agent. Instances created from the image then need one too. Incus only. Default: false.
   */
  agentDrive?: pulumi.Input<boolean>;
  /** Adds a drive with the data of `cloudInit`. Default: false. */
  cloudInitDrive?: pulumi.Input<boolean>;
  /** Data for cloud-init in the guest. */
  cloudInit?: pulumi.Input<CloudInitArgs>;
  /** Network interfaces, in addition to those of the profiles. */
  nics?: pulumi.Input<pulumi.Input<NicArgs>[]>;
  /** Disks, in addition to the root disk. */
  disks?: pulumi.Input<pulumi.Input<DiskArgs>[]>;
  /** Configuration keys of the server. Numbers and booleans are converted to strings. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** Other devices by name, with the server's own options. */
  devices?: pulumi.Input<Record<string, pulumi.Input<Record<string, Scalar>>>>;
  /** Profiles of the machine. Default: `["default"]`. */
  profiles?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How to detect the end of the installation. A change alone does nothing. */
export interface InstallArgs {
  /** The installer powers the machine off and it stays off. The only choice, and the default. */
  until?: pulumi.Input<"powered-off">;
  /**
   * How long to wait in total, over all runs. After a timeout, the next `pulumi up` waits again only if this is longer
   * now, or if somebody has restarted the machine. Default: `"90m"`.
   */
  timeout?: pulumi.Input<string>;
  /** How long the machine must stay off, so that a reboot does not count as the end. Default: `"10s"`. */
  stableFor?: pulumi.Input<string>;
}

/**
 * How to test an image before it is released: an instance is created from it, the conditions are awaited, and the
 * instance is deleted. A change alone does nothing.
 */
export interface VerifyArgs {
  /** Conditions to wait for, at least one. A condition without its own timeout uses the timeout of the test. */
  waitFor: pulumi.Input<pulumi.Input<WaitArgs>[]>;
  /** How long the test may take. Default: `"10m"`. */
  timeout?: pulumi.Input<string>;
}

/** Settings of the released image. All of them are updated in place, without building a new version. */
export interface GoldenResultArgs {
  /**
   * Aliases that always point to the released version. Each moves in a single step after a version has been verified.
   * Default: none.
   */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /**
   * Image properties, for example `{ os: "Debian", release: "12" }`. The provider adds `version`, `inputs-hash` and
   * `requirements.*`. Default: none.
   */
  properties?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Makes the image public: anybody who can reach the server may copy it. Default: false. */
  public?: pulumi.Input<boolean>;
  /** When the server may delete the image, as an RFC 3339 time. Default: never. */
  expiresAt?: pulumi.Input<string>;
  /**
   * What to do with an alias that already exists and does not belong to this resource; see `Image.aliasPolicy`.
   * Default: `fail`.
   */
  aliasPolicy?: pulumi.Input<"fail" | "adopt" | "move">;
  /** Compression: `gzip`, `xz`, `zstd`, `none` …. Applies from the next version on. Default: the server's. */
  compression?: pulumi.Input<string>;
  /** How long packing the image may take. Default: `"4h"`. */
  timeout?: pulumi.Input<string>;
}
