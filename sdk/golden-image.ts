// Golden images: from installation media to a released image, built anew only when something that goes in changes.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type BootStepArgs } from "./boot-command";
import { GoldenBuild } from "./golden-build";
import { type ImageAliasArgs } from "./image";
import { type CloudInitArgs } from "./instance";
import { type DiskArgs, type NicArgs, type RootDiskArgs, type Scalar } from "./instance-devices";
import { type WaitArgs } from "./instance-waits";
import { keeper, type MediumArgs, toMedium } from "./golden-keepers";
import { type ExecStepArgs, type ProvisionStepArgs, stepContent, toStep } from "./golden-steps";
import { type PublishTargetArgs, toTarget } from "./publish-target";
import { type CommonArgs } from "./resource";

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
  /** Default: `"90m"`. */
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
  /** As of an image: what is done about an alias that somebody else has. Default: `fail`. */
  aliasPolicy?: pulumi.Input<"fail" | "adopt" | "move">;
  /** `gzip`, `xz`, `zstd`, `none` …; holds for the next version. Default: the server's. */
  compression?: pulumi.Input<string>;
  /** How long packing may take. Default: `"4h"`. */
  timeout?: pulumi.Input<string>;
}

export interface GoldenImageArgs extends CommonArgs {
  /** The installer. Other content is a new version; the same content under another name is not. */
  iso: MediumArgs;
  /** Other media for the installer: answers, drivers. Their content goes into the image, too. */
  media?: MediumArgs[];
  machine?: pulumi.Input<GoldenMachineArgs>;
  /**
   * What is typed on the serial console when the installer boots, as of an instance: "press any key", or options for the
   * installer. It goes into the image: another one builds a new version.
   */
  bootCommand?: pulumi.Input<pulumi.Input<BootStepArgs>[]>;
  install?: pulumi.Input<InstallArgs>;
  /**
   * What is done in the installed system: it is started once more without the media, and when its agent answers, files
   * are written and commands run, in this order. A run that was killed goes on with the step that it was at. All of it
   * goes into the image. Needs the agent in the guest.
   */
  provision?: ProvisionStepArgs[];
  /** What is run at last, before the machine is shut down: the machine's identity is removed, logs are emptied. */
  seal?: ExecStepArgs[];
  /** Default: released as it was packed, without a trial. */
  verify?: pulumi.Input<VerifyArgs>;
  image?: pulumi.Input<GoldenResultArgs>;
  /**
   * Servers that get a copy of each version that is released, server to server. Changes in place: one that is added gets
   * its copy without a build, of one that is taken out the copies of this stack are deleted.
   */
  publishTo?: PublishTargetArgs[];
  /**
   * How many versions stay on the server, the newest among them. One that an instance was made from, or that is pinned,
   * stays beside them. Changes in place. Default: 2.
   */
  keep?: pulumi.Input<number>;
  /** The version that is released instead of the newest, of those that are kept. Changes in place. */
  pin?: pulumi.Input<string>;
  /**
   * What becomes of the builder when a build fails: kept to be looked at, and the next `pulumi up` goes on with it; or
   * removed with all that was built, and the next one starts anew. Default: `keep`.
   */
  onFailure?: pulumi.Input<"keep" | "clean">;
}

/**
 * An image that is built from installation media: a blank machine boots the installer, installs itself, switches itself
 * off, and is published; the image is tried, and its aliases move to it.
 *
 * It is built anew if and only if something that goes into it changes: the content of the media, the machine, the steps. The
 * preview names what it was. Until the new version is released, the old one has the aliases. The builder is no resource
 * of the stack; a run that was killed is gone on with wherever it was.
 *
 * Every phase has a limit, and one that runs over is named with it. Those that depend on what is built have a `timeout`:
 * `install`, each step of `provision` and `seal`, `image` (packing), `verify`, each of `publishTo`. Beyond that: media 10
 * minutes, making the machine 1 hour, its agent's first answer 10 minutes, moving aliases 10 minutes.
 *
 * Needs a server that runs virtual machines and has ISO volumes (`custom_volume_iso`).
 */
export class GoldenImage extends pulumi.ComponentResource {
  /** Fingerprint of the released image. */
  readonly fingerprint: pulumi.Output<string>;
  /** The released version. */
  readonly version: pulumi.Output<string>;
  /** SHA-256 over everything that went into the newest version. */
  readonly inputsHash: pulumi.Output<string>;
  /** Size of the released image as it is packed, in bytes. */
  readonly sizeBytes: pulumi.Output<number>;
  readonly architecture: pulumi.Output<string>;

  constructor(name: string, args: GoldenImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lxd:index:GoldenImage", name, {}, opts);
    const own = { parent: this };
    const { iso, media = [], machine = {}, bootCommand = [], provision = [], seal = [], publishTo, ...rest } = args;
    const steps = { bootCommand: keeper(bootCommand), provision: keeper(stepContent(provision)), seal: keeper(seal) };
    const keepers = { iso: keeper(iso), media: keeper(media), machine: keeper(machine), ...steps };
    const version = new random.RandomId(name, { byteLength: 4, keepers }, own).hex;
    const content = {
      iso: toMedium(iso),
      media: media.map(toMedium),
      machine,
      bootCommand,
      provision: provision.map(toStep),
      seal,
    };
    const build = new GoldenBuild(name, { ...rest, ...content, publishTo: publishTo?.map(toTarget), version }, own);
    this.fingerprint = build.fingerprint;
    this.version = build.releasedVersion;
    this.inputsHash = build.inputsHash;
    this.sizeBytes = build.sizeBytes;
    this.architecture = build.architecture;
    const { fingerprint, inputsHash, sizeBytes, architecture } = this;
    this.registerOutputs({ fingerprint, version: this.version, inputsHash, sizeBytes, architecture });
  }
}
