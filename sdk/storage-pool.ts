// Storage pools: where volumes, images and the disks of instances are kept.
import * as pulumi from "@pulumi/pulumi";
import { type Scalar } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { LxdResource, type ServerArgs, typeOf } from "./resource/resource";

export interface StoragePoolArgs extends ServerArgs {
  /** Without spaces and slashes. Default: the resource's name. Changing it replaces the pool. */
  name?: pulumi.Input<string>;
  /** `dir`, `btrfs`, `zfs`, `lvm` … as far as the server has them; the preview says. Changing it replaces the pool. */
  driver: pulumi.Input<string>;
  /** A text for people. Changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /**
   * A folder, a device or an existing pool of the driver. Default: a folder or a file of the server's. Changing it
   * replaces the pool; leaving it away later does not. In a cluster: see `memberConfig`.
   */
  source?: pulumi.Input<string>;
  /** Size of the file that the server makes for the pool, e.g. `"30GiB"`; not for `dir`. Grows in place. */
  size?: pulumi.Input<string>;
  /** Other keys, e.g. `"volume.size": "5GiB"` or `"rsync.bwlimit": 10`. Numbers and booleans are spelled out. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** In a cluster, the keys that are a member's own, such as `source`, by member. Read only when the pool is made. */
  memberConfig?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
}

/**
 * A storage pool: `pool: pool.name`. Works with every LXD and Incus.
 *
 * The resource option `import: "name"` adopts a pool that exists: it is compared with the program, all differences
 * are reported at once, and nothing is changed.
 *
 * A pool with anything in it cannot be deleted; the error names what is there.
 */
export class StoragePool extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("StoragePool");

  declare readonly name: pulumi.Output<string>;
  declare readonly driver: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Keys that the server has filled in, e.g. `source`. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  declare readonly status: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is StoragePool {
    return hasType(value, StoragePool.__pulumiType);
  }

  constructor(name: string, args: StoragePoolArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { serverConfig: undefined, status: undefined };
    super(
      "StoragePool",
      name,
      { name: undefined, description: undefined, config: undefined, ...args, ...outputs },
      opts,
    );
  }

  /** A pool that others own, by its name: read as it is, never changed, never deleted. */
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
