// Storage volumes: file systems and block devices of a pool.
import * as pulumi from "@pulumi/pulumi";
import { type Scalar } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";

/** A volume of the same server, copied by it without passing through here and without its snapshots. */
export interface VolumeCopySource {
  /** e.g. `{ pool: other.pool, name: other.name }`. */
  volume: pulumi.Input<{
    pool: pulumi.Input<string>;
    name: pulumi.Input<string>;
    /** Default: the new volume's own project. */
    project?: pulumi.Input<string>;
    /** The name of one of its snapshots, which is copied instead of the volume as it is. */
    snapshot?: pulumi.Input<string>;
  }>;
}

/** The file to which a backup of a volume was exported, with `incus storage volume export` or `lxc storage volume export`. */
export interface VolumeBackupSource {
  /** Path of the file: relative to the program's folder, absolute, or from `~`. */
  backup: pulumi.Input<string>;
}

export type VolumeSourceArgs = VolumeCopySource | VolumeBackupSource;

export interface StorageVolumeArgs extends CommonArgs {
  /**
   * The storage pool. Changes in place: the daemon moves the volume with all that is in it, which takes its time; while
   * a running machine uses it, the preview refuses.
   */
  pool: pulumi.Input<string>;
  /**
   * 1 to 64 letters, digits, dots, dashes, underscores. Default: the resource's name. Changes in place, but not while a
   * running machine uses the volume. The resource's ID stays the first name.
   */
  name?: pulumi.Input<string>;
  /** A text for people. Changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /**
   * `filesystem`, which containers and machines with an agent mount at a path, or `block`, a disk of virtual machines.
   * Default: that of the source, without one `filesystem`. Changing it replaces the volume, and what is in it is lost;
   * leaving it away later does not.
   */
  contentType?: pulumi.Input<"filesystem" | "block">;
  /**
   * e.g. `"10GiB"`; units B, kB, MB, GB, TB, KiB, MiB, GiB, TiB. Default: the pool's; of a copy, the original's. Grows in
   * place; a block volume does not shrink, and the preview says so.
   */
  size?: pulumi.Input<string>;
  /**
   * What it is made from; blank without one. Changing it replaces the volume, and what is in it is lost; leaving it away
   * later does not, nor does writing one for a volume that was made without.
   */
  source?: pulumi.Input<VolumeSourceArgs>;
  /** The server's configuration keys, e.g. `"snapshots.schedule": "@daily"`. Numbers and booleans are spelled out. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** The cluster member to keep it on, where the pool is local to members. Changing it replaces the volume. */
  target?: pulumi.Input<string>;
}

/**
 * A volume of a storage pool that outlives the instances which use it: `disks: [{ volume: volume.name, pool: volume.pool,
 * path: "/data" }]`. Works with every LXD and Incus. Installation media are `IsoVolume`s.
 *
 * The resource option `import: "project/pool/name"` adopts a volume that exists: it is compared with the program, all
 * differences are reported at once, and nothing is changed. Wrap what must never be deleted in the resource option `protect`.
 *
 * A volume that is in use cannot be deleted; the error names its users.
 */
export class StorageVolume extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("StorageVolume");

  declare readonly pool: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly contentType: pulumi.Output<string>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Keys that the server has filled in, mostly from its pool. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  /** The cluster member that has the volume; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is StorageVolume {
    return hasType(value, StorageVolume.__pulumiType);
  }

  constructor(name: string, args: StorageVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    const defaulted = { name: undefined, project: undefined, description: undefined, config: undefined };
    const outputs = { contentType: undefined, serverConfig: undefined, location: undefined };
    super("StorageVolume", name, { ...defaulted, ...outputs, ...args }, opts);
  }

  /** A volume that others own, by its ID `project/pool/name`: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): StorageVolume {
    return new StorageVolume(
      name,
      { pool: undefined as unknown as string, ...args },
      pulumi.mergeOptions(opts, { id }),
    );
  }
}
