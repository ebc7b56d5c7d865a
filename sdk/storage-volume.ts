// The `StorageVolume` resource: file systems and block devices in a storage pool.
import * as pulumi from "@pulumi/pulumi";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, requireArgs, type ServerArgs, typeOf } from "./resource/resource";
import { type KeyValues, type Only, type OptionalInput, type StringInput } from "./resource/inputs";
import { type Size } from "./resource/units";
import { declared, type Resolved } from "./resource/outputs";

/**
 * A copy of a volume on the same server, without its snapshots. The server copies it; the content does not pass through
 * this machine.
 */
export interface VolumeCopySource extends Only<"volume", "volume" | "backup"> {
  /** The volume, for example `{ pool: other.pool, name: other.name }`. */
  volume: pulumi.Input<{
    /** The storage pool. */
    pool: pulumi.Input<string>;
    /** Name of the volume. */
    name: pulumi.Input<string>;
    /** Project of the volume. Default: that of the new volume. */
    project?: OptionalInput<string>;
    /** Name of a snapshot of the volume, to copy instead of its current content. */
    snapshot?: OptionalInput<string>;
  }>;
}

/** A backup file from `incus storage volume export` or `lxc storage volume export`. */
export interface VolumeBackupSource extends Only<"backup", "volume" | "backup"> {
  /** Path of the file: relative to the program's directory, absolute, or starting with `~`. */
  backup: pulumi.Input<string>;
}

export type VolumeSourceArgs = VolumeCopySource | VolumeBackupSource;

export interface StorageVolumeArgs extends CommonArgs {
  /**
   * The storage pool. Updated in place: the server moves the volume with its content, which may take long. The preview
   * reports an error while a running instance uses the volume.
   */
  pool: pulumi.Input<string>;
  /**
   * Name of the volume: 1 to 64 letters, digits, dots, dashes or underscores. Updated in place, unless a running
   * instance uses the volume. The resource's ID keeps the original name. Default: the resource's name.
   */
  name?: OptionalInput<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /**
   * `filesystem`, which containers and virtual machines with an agent mount at a path, or `block`, a disk for virtual
   * machines. Changing this forces replacement, and the content is lost; omitting it later does not. Default: that of
   * the source, or `filesystem` without a source.
   */
  contentType?: StringInput<"filesystem" | "block" | undefined>;
  /**
   * Size, for example `"10GiB"`; units are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB. Grows in place. A block volume
   * cannot shrink; the preview reports it. Default: that of the source for a copy, otherwise the pool's.
   */
  size?: StringInput<Size | undefined>;
  /**
   * What the volume is created from. Changing this forces replacement, and the content is lost. Omitting it later, or
   * adding it to a volume that was created without, does nothing. Default: a blank volume.
   */
  source?: OptionalInput<VolumeSourceArgs>;
  /**
   * Configuration keys of the server, for example `"snapshots.schedule": "@daily"`. Numbers and booleans are converted
   * to strings. Updated in place.
   */
  config?: OptionalInput<KeyValues>;
  /**
   * The cluster member to store the volume on, for pools that are local to each member. Changing this forces
   * replacement. Default: chosen by the server.
   */
  target?: OptionalInput<string>;
}

/**
 * A volume in a storage pool, which outlives the instances that use it: `disks: [{ volume: volume.name, pool:
 * volume.pool, path: "/data" }]`. Supported by all versions of LXD and Incus. For installation media, use `IsoVolume`.
 *
 * The resource option `import: "project/pool/name"` adopts an existing volume: it is compared with the program, all
 * differences are reported at once, and nothing is changed. Use the resource option `protect` for data that must never
 * be deleted.
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
  /** Size of the volume, if the program specifies it. */
  declare readonly size: pulumi.Output<string | undefined>;
  /** What the volume was created from. */
  declare readonly source: pulumi.Output<Resolved<VolumeSourceArgs> | undefined>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** The cluster member that the program asks for; see `location` for the member that stores the volume. */
  declare readonly target: pulumi.Output<string | undefined>;
  /** Configuration keys that the server has set, mostly from the pool. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  /** The cluster member that stores the volume; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  /** Returns true if the value is a `StorageVolume`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is StorageVolume {
    return hasType(value, StorageVolume.__pulumiType);
  }

  constructor(name: string, args: StorageVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("StorageVolume", name, args);
    const names = ["pool", "name", "project", "description", "contentType", "size", "source", "config", "target"];
    const props = { ...declared(...names), ...args, ...declared("serverConfig", "location") };
    super("StorageVolume", name, props, opts);
  }

  /**
   * Looks up an existing volume by its ID `project/pool/name` without managing it: it is read, but never changed or
   * deleted.
   */
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
