// The arguments of an instance.
import type * as pulumi from "@pulumi/pulumi";
import { type BootStepArgs } from "./boot-command";
import { type GuestFileArgs } from "./guest-files";
import { type CdromArgs, type DiskArgs, type NicArgs, type RootDiskArgs } from "./instance-devices";
import { type InstanceSourceArgs } from "./instance-source";
import { type WaitInput } from "./instance-waits";
import { type ItemInput, type KeyValues, type OptionalInput, type StringInput } from "../resource/inputs";
import { type CommonArgs } from "../resource/resource";
import { type Duration } from "../resource/units";

/**
 * Data for cloud-init in the guest. Changed data makes cloud-init run again at the next boot. Wrap secrets in
 * `pulumi.secret`.
 */
export interface CloudInitArgs {
  /** User data, usually text that begins with `#cloud-config`. */
  userData?: OptionalInput<string>;
  /** Vendor data, which user data overrides. */
  vendorData?: OptionalInput<string>;
  /** Network configuration of the guest. */
  networkConfig?: OptionalInput<string>;
}

export interface InstanceArgs extends CommonArgs {
  /**
   * Name of the instance: 1 to 63 letters, digits or dashes. Updated in place; LXD and Incus rename only stopped
   * instances, so a running one requires `allowRestart`. The resource's ID keeps the original name. Default: the
   * resource's name.
   */
  name?: OptionalInput<string>;
  /** Type of the instance. Changing this forces replacement. Default: `container`, as in LXD and Incus. */
  type?: StringInput<"container" | "virtual-machine" | undefined>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /**
   * What the instance is created from. A virtual machine without a source is blank. Changing this forces replacement,
   * or a rebuild (see `onImageChange`); omitting it later does not.
   */
  source?: OptionalInput<InstanceSourceArgs>;
  /**
   * What another image in `source` does: `replace` creates a new instance; `rebuild` gives the existing instance a new
   * root disk and keeps its config, devices and addresses, and then waits for `waitFor` again. A rebuild requires the
   * instance to be stopped, so a running one requires `allowRestart`. `rebuild` requires the API extension
   * `instances_rebuild` (any Incus, LXD 5.21 or newer). A change alone does nothing. Default: `replace`.
   */
  onImageChange?: StringInput<"replace" | "rebuild" | undefined>;
  /**
   * Architecture, for example `x86_64` or `aarch64`. Changing this forces replacement. Default: the image's, or the
   * server's own.
   */
  architecture?: OptionalInput<string>;
  /**
   * Makes the server delete the instance when it stops. Changes that require a stopped instance are then impossible,
   * and after a stop the next `pulumi refresh` and `pulumi up` create it again. Updated in place. Default: false.
   */
  ephemeral?: OptionalInput<boolean>;
  /**
   * The cluster member to place the instance on, or `@group` for any member of a group. Changing this moves the
   * instance in place. A virtual machine that was started with the config `migration.stateful: true` moves while it
   * runs; any other instance must be stopped, so a running one requires `allowRestart`. While a member is evacuated,
   * its instances stay where the evacuation has moved them. Default: chosen by the server.
   */
  target?: OptionalInput<string>;
  /**
   * The root disk. Required unless a profile or `devices` has one. That of a virtual machine cannot shrink; the preview
   * reports it.
   */
  rootDisk?: OptionalInput<RootDiskArgs>;
  /**
   * Installation media, for virtual machines. Media are added, removed and swapped in place, even while the machine
   * runs. Requires the API extension `custom_volume_iso` (any Incus, LXD 5.21 or newer). Default: none.
   */
  cdroms?: OptionalInput<ItemInput<CdromArgs>[]>;
  /** Network interfaces, in addition to those of the profiles. Updated in place. Default: none. */
  nics?: OptionalInput<ItemInput<NicArgs>[]>;
  /** Disks, in addition to the root disk. Updated in place. Default: none. */
  disks?: OptionalInput<ItemInput<DiskArgs>[]>;
  /**
   * Adds a virtual TPM to a virtual machine. Updated in place; a running machine requires `allowRestart`. Default:
   * false.
   */
  tpm?: OptionalInput<boolean>;
  /** Adds a drive with the guest agent, which Windows needs. Incus only. Updated in place. Default: false. */
  agentDrive?: OptionalInput<boolean>;
  /**
   * Adds a drive with the data of `cloudInit`, for guests that cannot get it in another way. Updated in place. Default:
   * false.
   */
  cloudInitDrive?: OptionalInput<boolean>;
  /**
   * The guest operating system, installed or to be installed. It decides the bus of installation media and, on Incus,
   * the hardware of a blank machine. A change alone does nothing. Default: `linux`.
   */
  os?: StringInput<"linux" | "windows" | undefined>;
  /**
   * Firmware of a virtual machine, independent of the server's product and version: it sets `security.secureboot` and
   * `security.csm`, or `boot.mode` on LXD 6.7 and newer. `bios` requires the API extension `security_csm` (any Incus,
   * LXD 5.21 or newer). Updated in place; takes effect at the next start. Default: the server's, which is UEFI with
   * secure boot.
   */
  firmware?: StringInput<"uefi" | "uefi-secureboot" | "bios" | undefined>;
  /** Data for cloud-init. Updated in place. */
  cloudInit?: OptionalInput<CloudInitArgs>;
  /**
   * Configuration keys of the server, for example `"limits.memory": "2GiB"`. Numbers and booleans are converted to
   * strings. Updated in place. Changes that a running virtual machine cannot apply require `allowRestart`, for example
   * more memory without the API extension `memory_hotplug` (Incus 6.0.5 LTS or 6.12). Default: none.
   */
  config?: OptionalInput<KeyValues>;
  /** Other devices by name, with the server's own options. Updated in place. Default: none. */
  devices?: OptionalInput<Record<string, pulumi.Input<KeyValues>>>;
  /** Profiles, in order. `[]` means no profile. Updated in place. Default: `["default"]`. */
  profiles?: OptionalInput<pulumi.Input<string>[]>;
  /**
   * Whether the instance is running. If the last condition in `waitFor` is `powered-off`, true starts the instance
   * again after it. Updated in place. Default: true, or false if the last condition is `powered-off`.
   */
  running?: OptionalInput<boolean>;
  /**
   * When `running` applies: at each update (`managed`), only when the instance is created (`initial`), or never
   * (`ignored`). A change alone does nothing. Default: `managed`.
   */
  power?: StringInput<"managed" | "initial" | "ignored" | undefined>;
  /**
   * Allows shutting down a running instance for a change that it cannot apply while running, and starting it again.
   * Without it, such a change is an error, reported in the preview where possible. A change alone does nothing.
   * Default: false.
   */
  allowRestart?: OptionalInput<boolean>;
  /**
   * How long the guest may take to shut down before the instance is stopped forcibly. `"0s"` stops it immediately.
   * Updated in place. Default: `"30s"`.
   */
  shutdownTimeout?: StringInput<Duration | undefined>;
  /**
   * How to stop a running instance before it is deleted: `force` stops it immediately, `shutdown` shuts the guest down
   * first. Updated in place. Default: `force`.
   */
  onDelete?: StringInput<"force" | "shutdown" | undefined>;
  /**
   * Conditions to wait for, in order, after the instance has been created and started, each with its own timeout. After
   * `powered-off`, the instance is started again for the conditions that follow. If a timeout is exceeded, the instance
   * is kept, and the next `pulumi up` continues to wait. If its firmware, media, boot order or buses have changed by
   * then, or its firmware has found nothing to boot, the instance is stopped and started again first. A change alone
   * does nothing. Default: none.
   */
  waitFor?: OptionalInput<WaitInput[]>;
  /**
   * What to type on the serial console when a new virtual machine starts for the first time, before `waitFor`: for
   * installers that ask for a key or an option. If a run fails or is interrupted while typing, the next `pulumi up`
   * restarts the machine and types from the beginning. A change alone does nothing. Default: nothing.
   */
  bootCommand?: OptionalInput<ItemInput<BootStepArgs>[]>;
  /**
   * Files in the guest. A file is written if its content, owner or mode differs. Containers get their files before they
   * start; virtual machines get them through the guest agent, after `waitFor`. A file that is removed from the list is
   * deleted, unless somebody has changed it in the guest. `pulumi refresh` detects changes in the guest; it compares
   * the content of files up to 4 MiB. Updated in place. Default: none.
   */
  files?: OptionalInput<pulumi.Input<GuestFileArgs>[]>;
}
