// The `StoragePool` resource: storage for volumes, images and instance disks.
import * as pulumi from "@pulumi/pulumi";
import { hasType } from "./resource/identity";
import { LxdResource, requireArgs, type ServerArgs, typeOf } from "./resource/resource";
import { type KeyValues, type OptionalInput, type StringInput } from "./resource/inputs";
import { type Size } from "./resource/units";
import { declared } from "./resource/outputs";

export interface StoragePoolArgs extends ServerArgs {
  /** Name of the pool, without spaces and slashes. Changing this forces replacement. Default: the resource's name. */
  name?: OptionalInput<string>;
  /**
   * Storage driver: `dir`, `btrfs`, `zfs`, `lvm` …. The preview checks that the server supports it. Changing this
   * forces replacement.
   */
  driver: pulumi.Input<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /**
   * A directory, a block device, or an existing pool of the driver. Changing this forces replacement; omitting it later
   * does not. In a cluster, see `memberConfig`. Default: a directory or a file created by the server.
   */
  source?: OptionalInput<string>;
  /** Size of the file that the server creates for the pool, for example `"30GiB"`; not for `dir`. Grows in place. */
  size?: StringInput<Size | undefined>;
  /**
   * Other configuration keys, for example `"volume.size": "5GiB"` or `"rsync.bwlimit": 10`. Numbers and booleans are
   * converted to strings. Updated in place.
   */
  config?: OptionalInput<KeyValues>;
  /**
   * In a cluster, configuration keys that differ between members, such as `source`, by member. Used only when the pool
   * is created; a later change has no effect.
   */
  memberConfig?: OptionalInput<Record<string, pulumi.Input<Record<string, OptionalInput<string>>>>>;
}

/**
 * A storage pool: `pool: pool.name`. Supported by all versions of LXD and Incus.
 *
 * The resource option `import: "name"` adopts an existing pool: it is compared with the program, all differences are
 * reported at once, and nothing is changed.
 *
 * Only an empty pool can be deleted; the error names its contents.
 */
export class StoragePool extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("StoragePool");

  declare readonly name: pulumi.Output<string>;
  declare readonly driver: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** Where the pool stores its data, if the program specifies it. */
  declare readonly source: pulumi.Output<string | undefined>;
  /** Size of the pool's file, if the program specifies it. */
  declare readonly size: pulumi.Output<string | undefined>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Configuration keys of cluster members, as of the creation of the pool. */
  declare readonly memberConfig: pulumi.Output<Record<string, Record<string, string>> | undefined>;
  /** Configuration keys that the server has set, for example `source`. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  /** Status as reported by the server, for example `Created`. */
  declare readonly status: pulumi.Output<string>;

  /** Returns true if the value is a `StoragePool`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is StoragePool {
    return hasType(value, StoragePool.__pulumiType);
  }

  constructor(name: string, args: StoragePoolArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("StoragePool", name, args);
    const names = ["name", "driver", "description", "source", "size", "config", "memberConfig"];
    super("StoragePool", name, { ...declared(...names), ...args, ...declared("serverConfig", "status") }, opts);
  }

  /** Looks up an existing pool by its name without managing it: it is read, but never changed or deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): StoragePool {
    return new StoragePool(
      name,
      { driver: undefined as unknown as string, ...args },
      pulumi.mergeOptions(opts, { id }),
    );
  }
}
