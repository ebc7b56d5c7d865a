// Instances: virtual machines and containers.
import * as pulumi from "@pulumi/pulumi";
import { IsoVolume } from "./iso-volume";
import { type CommonArgs, LxdResource } from "./resource";

type Scalar = pulumi.Input<string | number | boolean>;

export interface InstanceImageSource {
  /** Fingerprint (64 hexadecimal digits) of an image in the instance's project, e.g. `image.fingerprint`. */
  image: pulumi.Input<string>;
}

export interface RootDiskArgs {
  /** The storage pool. Changing it replaces the instance. */
  pool: pulumi.Input<string>;
  /** e.g. `"10GiB"`; units B, kB, MB, GB, TB, KiB, MiB, GiB, TiB. Default: the pool's. It can grow in place. */
  size?: pulumi.Input<string>;
}

/** An ISO volume that is not a resource of this program. */
export interface VolumeReferenceArgs {
  pool: pulumi.Input<string>;
  name: pulumi.Input<string>;
}

export interface CdromArgs {
  volume: IsoVolume | pulumi.Input<VolumeReferenceArgs>;
  /** Higher boots first; a root disk has 1 unless said otherwise. Default: no priority, after all that have one. */
  bootPriority?: pulumi.Input<number>;
  /** The device's name. Default: `cdrom0`, `cdrom1` … by position. */
  name?: pulumi.Input<string>;
  /**
   * What becomes of the medium when everything in `waitFor` has come: it stays as it is (`keep`, the default), loses its
   * boot priority (`unprioritize`), or is taken out (`eject`), so that the next start boots what was installed. Changes
   * in place.
   */
  afterWaits?: pulumi.Input<"keep" | "unprioritize" | "eject">;
}

/** Wait until the guest has switched the machine off for good, as an unattended installer does at its end. */
export interface PoweredOffWait {
  condition: "powered-off";
  /** e.g. `"90m"`. Default: `"30m"`. The machine is kept when it passes; the next `pulumi up` waits again. */
  timeout?: pulumi.Input<string>;
  /** How long it must stay off, so that a reboot is not taken for the end. Default: `"10s"`. */
  stableFor?: pulumi.Input<string>;
}

export interface InstanceArgs extends CommonArgs {
  /**
   * 1 to 63 letters, digits, dashes. Default: the resource's name. Changes in place; the servers rename stopped machines
   * only, so a running one needs `allowRestart`. The resource's ID stays the first name.
   */
  name?: pulumi.Input<string>;
  /** Default: `container`, as on the servers. Changing it replaces the instance. */
  type?: pulumi.Input<"container" | "virtual-machine">;
  /** A text for people. Changes in place. */
  description?: pulumi.Input<string>;
  /** What it is made from. Without a source a virtual machine is blank. Changing it replaces the instance. */
  source?: pulumi.Input<InstanceImageSource>;
  /** Needed unless a profile or `devices` has a root disk. A virtual machine's does not shrink: the preview says so. */
  rootDisk?: pulumi.Input<RootDiskArgs>;
  /** Installation media, for virtual machines. Added, removed and swapped in place, also while the machine runs. */
  cdroms?: pulumi.Input<pulumi.Input<CdromArgs>[]>;
  /** The server's configuration keys, e.g. `"limits.memory": "2GiB"`. Numbers and booleans are spelled out. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** Other devices, as the server knows them. */
  devices?: pulumi.Input<Record<string, pulumi.Input<Record<string, Scalar>>>>;
  /** Default: `["default"]`. `[]` is none at all. Changes in place. */
  profiles?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the machine is switched on. Default: true, or false with a `powered-off` wait; with true it is started again
   * after that wait. Changes in place.
   */
  running?: pulumi.Input<boolean>;
  /**
   * Whether `running` is held to at each update (`managed`, the default), only when the machine is made (`initial`), or
   * never (`ignored`). A change of it alone does nothing.
   */
  power?: pulumi.Input<"managed" | "initial" | "ignored">;
  /**
   * Whether a running machine may be shut down for a change that it does not take while it runs, and started again.
   * Without it such a change is refused, in the preview where it can be seen. Default: false.
   */
  allowRestart?: pulumi.Input<boolean>;
  /** How long a guest may take to shut down before it is switched off. `"0s"` is at once. Default: `"30s"`. */
  shutdownTimeout?: pulumi.Input<string>;
  /** Whether a running machine is switched off or shut down before it is deleted. Default: `force`. */
  onDelete?: pulumi.Input<"force" | "shutdown">;
  /** What to wait for, in order, after the machine was made and started. A change of it alone does nothing. */
  waitFor?: pulumi.Input<pulumi.Input<PoweredOffWait>[]>;
}

/** A virtual machine or a container. Cdroms need the API extension `custom_volume_iso`. */
export class Instance extends LxdResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  declare readonly devices: pulumi.Output<Record<string, Record<string, string>>>;
  declare readonly profiles: pulumi.Output<string[]>;
  declare readonly running: pulumi.Output<boolean>;
  /** In the server's words, e.g. `Running` or `Stopped`. */
  declare readonly status: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  /** The cluster member that it is on; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  constructor(name: string, args: InstanceArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = {
      ...Object.fromEntries(defaulted.map((key) => [key, undefined])),
      ...args,
      cdroms: Array.isArray(args.cdroms) ? args.cdroms.map(toCdrom) : args.cdroms,
    };
    super("Instance", name, { ...inputs, status: undefined, architecture: undefined, location: undefined }, opts);
  }
}

/** Inputs that get a value when they are left away, and so are outputs of every instance. */
const defaulted = ["name", "type", "project", "config", "devices", "profiles", "running"];

/** A cdrom that names a volume of this program sees its content too: other content under the same name is a change. */
function toCdrom(cdrom: pulumi.Input<CdromArgs>): pulumi.Input<Record<string, unknown>> {
  if (pulumi.Output.isInstance(cdrom) || cdrom instanceof Promise) {
    return pulumi.output(cdrom).apply((known) => pulumi.output(toCdrom(known as CdromArgs)));
  }
  if (!(cdrom.volume instanceof IsoVolume)) return { ...cdrom };
  const { pool, name, digest } = cdrom.volume;
  return { ...cdrom, volume: { pool, name, digest } };
}
