// Golden images: from installation media to a released image, rebuilt only when one of its inputs changes.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type BootStepArgs } from "../instance/boot-command";
import { GoldenBuild } from "./golden-build";
import { type GoldenMachineArgs, type GoldenResultArgs, type InstallArgs, type VerifyArgs } from "./golden-parts";
import { keeper, type MediumArgs } from "./golden-keepers";
import { type ExecStepArgs, type ProvisionStepArgs, stepContent, toSteps } from "./golden-steps";
import { hasType, isInstanceOf } from "../resource/identity";
import { type PublishTargetArgs, toTarget } from "./publish-target";
import { liftEach } from "../resource/lift";
import { type CommonArgs } from "../resource/resource";
import { toContent, toReference } from "../iso-volume/volume-reference";

export interface GoldenImageArgs extends CommonArgs {
  /** The installer. Other content is a new version; the same content under another name is not. */
  iso: MediumArgs;
  /** Other media for the installer: answers, drivers. Their content goes into the image, too. */
  media?: pulumi.Input<MediumArgs[]>;
  machine?: pulumi.Input<GoldenMachineArgs>;
  /**
   * What is typed on the serial console when the installer boots, as of an instance: "press any key", or options for the
   * installer. It goes into the image: another one builds a new version.
   */
  bootCommand?: pulumi.Input<pulumi.Input<BootStepArgs>[]>;
  /**
   * When the installation is over. A machine that powers itself off without having written to its root disk is an error,
   * and no image of it is released.
   */
  install?: pulumi.Input<InstallArgs>;
  /**
   * What is done in the installed system: it is started once more without the media, and when its agent answers, files
   * are written and commands run, in this order. A run that was killed resumes at the step that it was at. All of it
   * goes into the image. Needs the agent in the guest.
   */
  provision?: pulumi.Input<pulumi.Input<ProvisionStepArgs>[]>;
  /** What is run at last, before the machine is shut down: the machine's identity is removed, logs are emptied. */
  seal?: pulumi.Input<pulumi.Input<ExecStepArgs>[]>;
  /** Default: released as it was packed, without a trial. */
  verify?: pulumi.Input<VerifyArgs>;
  image?: pulumi.Input<GoldenResultArgs>;
  /**
   * Servers that get a copy of each version that is released, server to server. Changes in place: one that is added gets
   * its copy without a build, of one that is removed the copies of this stack are deleted.
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
   * What becomes of the builder when a build fails: kept to be looked at, and the next `pulumi up` resumes it; or
   * removed with all that was built, and the next one starts from scratch. Set to `clean` after a failure, it starts the
   * installation from scratch that was given up. Default: `keep`.
   */
  onFailure?: pulumi.Input<"keep" | "clean">;
}

/**
 * An image that is built from installation media: a blank machine boots the installer, installs itself, switches itself
 * off, and is published; the image is tried, and its aliases move to it.
 *
 * It is rebuilt if and only if something that goes into it changes: the content of the media, the machine, the steps. The
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
  /** @internal */
  static readonly __pulumiType = "lxd:index:GoldenImage";

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
    super(GoldenImage.__pulumiType, name, {}, opts);
    const own = { parent: this };
    const { iso, media = [], machine = {}, bootCommand = [], provision = [], seal = [], publishTo, ...rest } = args;
    const steps = toSteps(provision, `GoldenImage "${name}"`);
    const keepers = {
      iso: keeper(toContent(iso)),
      media: keeper(liftEach(media, toContent)),
      machine: keeper(machine),
      bootCommand: keeper(bootCommand),
      provision: keeper(stepContent(steps)),
      seal: keeper(seal),
    };
    const version = new random.RandomId(name, { byteLength: 4, keepers }, own).hex;
    const content = {
      iso: toReference(iso),
      media: liftEach(media, toReference),
      machine,
      bootCommand,
      provision: steps,
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

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is GoldenImage {
    return hasType(value, GoldenImage.__pulumiType);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }
}
