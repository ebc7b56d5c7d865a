// The `GoldenImage` component: builds an image from installation media and rebuilds it only when an input changes.
import * as pulumi from "@pulumi/pulumi";
import { type BootStepArgs } from "../instance/boot-command";
import { GoldenBuild } from "./golden-build";
import { type GoldenMachineArgs, type GoldenResultArgs, type InstallArgs, type VerifyArgs } from "./golden-parts";
import { keeper, type MediumArgs, newVersion } from "./golden-keepers";
import { type ExecStepArgs, type ProvisionStep, type ProvisionStepArgs, stepContent, toSteps } from "./golden-steps";
import { hasType, isInstanceOf } from "../resource/identity";
import { type RemoteArgs } from "../remote";
import { type PublishTarget, type PublishTargetArgs, toTarget } from "./publish-target";
import { liftEach, orElse } from "../resource/lift";
import { type Resolved, type VolumeReference } from "../resource/outputs";
import { type CommonArgs, requireArgs } from "../resource/resource";
import { toContent, toReference } from "../iso-volume/volume-reference";
import { type ItemInput, type OptionalInput, type StringInput } from "../resource/inputs";

export interface GoldenImageArgs extends CommonArgs {
  /**
   * The installer's ISO volume. Different content builds a new version; the same content under another name does not.
   */
  iso: MediumArgs;
  /**
   * Additional media for the installer, such as answer files and drivers. Different content builds a new version.
   * Default: none.
   */
  media?: OptionalInput<MediumArgs[]>;
  /** Hardware and configuration of the virtual machine that is installed. Any change builds a new version. */
  machine?: OptionalInput<GoldenMachineArgs>;
  /**
   * What to type on the serial console when the installer boots, for example the answer to "press any key" or installer
   * options; see `Instance.bootCommand`. A change builds a new version. Default: nothing.
   */
  bootCommand?: OptionalInput<ItemInput<BootStepArgs>[]>;
  /**
   * When the installation counts as finished. It is an error, and no image is released, if the machine powers off
   * without having written to its root disk. A change alone does nothing.
   */
  install?: OptionalInput<InstallArgs>;
  /**
   * Files and commands for the installed system. The machine is started again without the media and, as soon as its
   * agent answers, the steps run in this order. An interrupted run resumes at the step it had reached. A change builds
   * a new version. Requires the guest agent in the installed system. Default: none.
   */
  provision?: OptionalInput<ItemInput<ProvisionStepArgs>[]>;
  /**
   * Commands that run last, before the machine is shut down, for example to remove its machine ID and clear its logs. A
   * change builds a new version. Requires the guest agent in the installed system. Default: none.
   */
  seal?: OptionalInput<pulumi.Input<ExecStepArgs>[]>;
  /** How to test the image before it is released. A change alone does nothing. Default: released without a test. */
  verify?: OptionalInput<VerifyArgs>;
  /** Aliases, properties and other settings of the released image. Updated in place. */
  image?: OptionalInput<GoldenResultArgs>;
  /**
   * Servers that get a copy of each released version, transferred from server to server. Updated in place: an added
   * server gets its copy without a build, and the stack's copies on a removed server are deleted. Default: none.
   */
  publishTo?: PublishTargetArgs[] | undefined;
  /**
   * How many versions to keep on the server, counting the newest. A version that is pinned, or that an instance was
   * created from, is kept in addition. Updated in place. Default: 2.
   */
  keep?: OptionalInput<number>;
  /**
   * The version to release instead of the newest one; it must be one of the versions that are kept. Updated in place.
   */
  pin?: OptionalInput<string>;
  /**
   * What to do with the build instance when a build fails. `keep` leaves it for inspection, and the next `pulumi up`
   * resumes the build. `clean` deletes it together with everything built so far, and the next `pulumi up` starts from
   * scratch. Setting `clean` after a failure discards the failed installation and starts a new one. Once the image is
   * released, a change does nothing. Default: `keep`.
   */
  onFailure?: StringInput<"keep" | "clean" | undefined>;
}

/**
 * An image built from installation media. A blank virtual machine boots the installer, which installs the system and
 * powers the machine off. The result is published as an image and tested, and then the aliases move to it.
 *
 * The image is rebuilt if and only if something that goes into it changes: the content of the media, the machine, or
 * the steps. The preview names what changed. The old version keeps the aliases until the new one is released. The build
 * instance is not a resource of the stack. An interrupted run resumes where it stopped.
 *
 * Every phase has a deadline, and the error for an exceeded deadline names the phase. Phases that depend on what is
 * built have a `timeout` argument: `install`, each step of `provision` and `seal`, `image` (packing), `verify`, and
 * each entry of `publishTo`. The other deadlines are fixed: 10 minutes for the media, 1 hour to create the machine, 10
 * minutes for the first answer of its agent, and 10 minutes to move the aliases.
 *
 * Requires a server that runs virtual machines and supports ISO volumes (API extension `custom_volume_iso`: any Incus,
 * LXD 5.21 or newer).
 */
export class GoldenImage extends pulumi.ComponentResource {
  /** @internal */
  static readonly __pulumiType = "lxd:index:GoldenImage";

  /** Fingerprint of the released image. */
  readonly fingerprint: pulumi.Output<string>;
  /** The version that is released: the newest, or the pinned one. */
  readonly version: pulumi.Output<string>;
  /** SHA-256 of everything that went into the newest version. */
  readonly inputsHash: pulumi.Output<string>;
  /** Size of the released image as packed, in bytes. */
  readonly sizeBytes: pulumi.Output<number>;
  /** Architecture of the released image, for example `x86_64`. */
  readonly architecture: pulumi.Output<string>;

  declare readonly project: pulumi.Output<string>;
  /** The server that the program selects for this resource. Its credentials are secret. */
  declare readonly remote: pulumi.Output<Resolved<RemoteArgs> | undefined>;
  /** The installer's ISO volume. */
  declare readonly iso: pulumi.Output<string | VolumeReference>;
  /** Additional media for the installer. */
  declare readonly media: pulumi.Output<(string | VolumeReference)[] | undefined>;
  /** The virtual machine that is installed. A secret if one of its arguments is. */
  declare readonly machine: pulumi.Output<Resolved<GoldenMachineArgs> | undefined>;
  /** What is typed when the installer boots. A secret if one of its steps is. */
  declare readonly bootCommand: pulumi.Output<Resolved<BootStepArgs>[] | undefined>;
  /** When the installation counts as finished. */
  declare readonly install: pulumi.Output<Resolved<InstallArgs> | undefined>;
  /** Files and commands for the installed system. A secret if one of the steps is. */
  declare readonly provision: pulumi.Output<ProvisionStep[] | undefined>;
  /** Commands that run last. A secret if one of them is. */
  declare readonly seal: pulumi.Output<Resolved<ExecStepArgs>[] | undefined>;
  /** How the image is tested. */
  declare readonly verify: pulumi.Output<Resolved<VerifyArgs> | undefined>;
  /** Settings of the released image. */
  declare readonly image: pulumi.Output<Resolved<GoldenResultArgs> | undefined>;
  /** Servers that get copies. Their credentials are secret. */
  declare readonly publishTo: pulumi.Output<PublishTarget[] | undefined>;
  /** How many versions stay on the server. */
  declare readonly keep: pulumi.Output<number | undefined>;
  /** The version that is released instead of the newest one. */
  declare readonly pin: pulumi.Output<string | undefined>;
  /** What happens to the build instance when a build fails. */
  declare readonly onFailure: pulumi.Output<string | undefined>;

  constructor(name: string, args: GoldenImageArgs, opts?: pulumi.ComponentResourceOptions) {
    args = requireArgs("GoldenImage", name, args);
    super(GoldenImage.__pulumiType, name, {}, opts);
    const own = { parent: this };
    const { iso, publishTo, ...rest } = args;
    const [media, bootCommand, seal] = [args.media, args.bootCommand, args.seal].map((list) => orElse(list, []));
    const machine = orElse(args.machine, {});
    const steps = toSteps(orElse(args.provision, []), `GoldenImage "${name}"`);
    const keepers = {
      iso: keeper(toContent(iso)),
      media: keeper(liftEach(media, toContent)),
      machine: keeper(machine),
      bootCommand: keeper(bootCommand),
      provision: keeper(stepContent(steps)),
      seal: keeper(seal),
    };
    const version = newVersion(name, keepers, own);
    const content = {
      iso: toReference(iso),
      media: liftEach(media, toReference),
      machine,
      bootCommand,
      provision: steps,
      seal,
    };
    const props = { ...rest, ...content, publishTo: publishTo?.map(toTarget), version };
    const build = new GoldenBuild(name, props, { ...own, ...timeoutsOf(opts) });
    Object.assign(this, build.arguments);
    this.fingerprint = build.fingerprint;
    this.version = build.releasedVersion;
    this.inputsHash = build.inputsHash;
    this.sizeBytes = build.sizeBytes;
    this.architecture = build.architecture;
    const { fingerprint, inputsHash, sizeBytes, architecture } = this;
    this.registerOutputs({ fingerprint, version: this.version, inputsHash, sizeBytes, architecture });
  }

  /** Returns true if the value is a `GoldenImage`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is GoldenImage {
    return hasType(value, GoldenImage.__pulumiType);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }
}

function timeoutsOf({ customTimeouts }: pulumi.ComponentResourceOptions = {}): pulumi.CustomResourceOptions {
  return customTimeouts === undefined ? {} : { customTimeouts };
}
