// Argument types of a golden image: the machine, its installation, its test, and settings of the result.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageAliasArgs } from "../image/image";
import { type CloudInitArgs } from "../instance/instance-args";
import { type DiskArgs, type NicArgs, type RootDiskArgs } from "../instance/instance-devices";
import { type WaitInput } from "../instance/instance-waits";
import { type ItemInput, type KeyValues, type OptionalInput, type StringInput } from "../resource/inputs";
import { type Duration, type Size } from "../resource/units";

/** The virtual machine that is installed. Every argument goes into the image: any change builds a new version. */
export interface GoldenMachineArgs {
  /** Number of CPUs. Default: the server's. */
  cpus?: OptionalInput<number>;
  /** Memory size, for example `"2GiB"`. Default: the server's. */
  memory?: StringInput<Size | undefined>;
  /**
   * The root disk. Required unless a profile has one. Instances created from the image need a root disk of at least
   * this size.
   */
  rootDisk?: OptionalInput<RootDiskArgs>;
  /**
   * Firmware; see `Instance.firmware`. With `uefi` or `bios`, the image is marked as unable to boot with secure boot.
   */
  firmware?: StringInput<"uefi" | "uefi-secureboot" | "bios" | undefined>;
  /**
   * The guest operating system, which decides the hardware that the installer finds; see `Instance.os`. Default:
   * `linux`.
   */
  os?: StringInput<"linux" | "windows" | undefined>;
  /** Adds a virtual TPM. Default: false. */
  tpm?: OptionalInput<boolean>;
  /**
   * Adds a drive with the guest agent. Instances created from the image then need one too. Incus only. Default: false.
   */
  agentDrive?: OptionalInput<boolean>;
  /** Adds a drive with the data of `cloudInit`. Default: false. */
  cloudInitDrive?: OptionalInput<boolean>;
  /** Data for cloud-init in the guest. */
  cloudInit?: OptionalInput<CloudInitArgs>;
  /** Network interfaces, in addition to those of the profiles. */
  nics?: OptionalInput<ItemInput<NicArgs>[]>;
  /** Disks, in addition to the root disk. */
  disks?: OptionalInput<ItemInput<DiskArgs>[]>;
  /** Configuration keys of the server. Numbers and booleans are converted to strings. */
  config?: OptionalInput<KeyValues>;
  /** Other devices by name, with the server's own options. */
  devices?: OptionalInput<Record<string, pulumi.Input<KeyValues>>>;
  /** Profiles of the machine. Default: `["default"]`. */
  profiles?: OptionalInput<pulumi.Input<string>[]>;
}

/** How to detect the end of the installation. A change alone does nothing. */
export interface InstallArgs {
  /** The installer powers the machine off and it stays off. The only choice, and the default. */
  until?: StringInput<"powered-off" | undefined>;
  /**
   * How long to wait in total, over all runs. After a timeout, the next `pulumi up` waits again only if this is longer
   * now, or if somebody has restarted the machine. Default: `"90m"`.
   */
  timeout?: StringInput<Duration | undefined>;
  /** How long the machine must stay off, so that a reboot does not count as the end. Default: `"10s"`. */
  stableFor?: StringInput<Duration | undefined>;
}

/**
 * How to test an image before it is released: an instance is created from it, the conditions are awaited, and the
 * instance is deleted. A change alone does nothing.
 */
export interface VerifyArgs {
  /** Conditions to wait for, at least one. A condition without its own timeout uses the timeout of the test. */
  waitFor: pulumi.Input<WaitInput[]>;
  /** How long the test may take. Default: `"10m"`. */
  timeout?: StringInput<Duration | undefined>;
}

/** Settings of the released image. All of them are updated in place, without building a new version. */
export interface GoldenResultArgs {
  /**
   * Aliases that always point to the released version. Each moves in a single step after a version has been verified.
   * Default: none.
   */
  aliases?: OptionalInput<pulumi.Input<string | ImageAliasArgs>[]>;
  /**
   * Image properties, for example `{ os: "Debian", release: "12" }`. The provider adds `version`, `inputs-hash` and
   * `requirements.*`. Default: none.
   */
  properties?: OptionalInput<KeyValues>;
  /** Makes the image public: anybody who can reach the server may copy it. Default: false. */
  public?: OptionalInput<boolean>;
  /** When the server may delete the image, as an RFC 3339 time. Default: never. */
  expiresAt?: OptionalInput<string>;
  /**
   * What to do with an alias that already exists and does not belong to this resource; see `Image.aliasPolicy`.
   * Default: `fail`.
   */
  aliasPolicy?: StringInput<"fail" | "adopt" | "move" | undefined>;
  /** Compression: `gzip`, `xz`, `zstd`, `none` …. Applies from the next version on. Default: the server's. */
  compression?: OptionalInput<string>;
  /** How long packing the image may take. Default: `"4h"`. */
  timeout?: StringInput<Duration | undefined>;
}
