// Snapshots of instances.
import * as pulumi from "@pulumi/pulumi";
import { type Instance } from "./instance/instance";
import { type Scalar } from "./instance/instance-devices";
import { toMachine } from "./instance/machine";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";

export interface InstanceSnapshotArgs extends CommonArgs {
  /** An `Instance` of this program, or the name of one. A snapshot follows its machine's renames, and is gone with it. */
  instance: pulumi.Input<Instance | string>;
  /** 1 to 64 characters without spaces and slashes. Default: the resource's name. Changes in place. */
  name?: pulumi.Input<string>;
  /**
   * With what the machine has in its memory, for machines that run. Virtual machines need the config
   * `migration.stateful: true` from before their start, containers a server with CRIU. Default: false. Changing it
   * replaces the snapshot by one of the machine as it is then.
   */
  stateful?: pulumi.Input<boolean>;
  /** When the server deletes it, e.g. `"2030-12-31T23:00:00Z"`. Default: never. Changes in place. */
  expiresAt?: pulumi.Input<string>;
  /**
   * Any value. When it is another one than the last time, the machine goes back to the snapshot: its disk, config and
   * devices. One that runs is stopped for that and started again by the server. Not when the snapshot is taken.
   */
  restore?: Scalar;
}

/**
 * What a machine was at the moment when this resource was made.
 *
 * A snapshot of the same name that this resource has not taken is refused. The resource option
 * `import: "project/instance/snapshot"` adopts one that exists: differences are reported, and nothing is changed. One that
 * is gone, by hand or by its expiry, is taken again by the next `pulumi up` after a refresh, of the machine as it is then.
 */
export class InstanceSnapshot extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("InstanceSnapshot");

  declare readonly instance: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly stateful: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly createdAt: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is InstanceSnapshot {
    return hasType(value, InstanceSnapshot.__pulumiType);
  }

  constructor(name: string, args: InstanceSnapshotArgs, opts?: pulumi.CustomResourceOptions) {
    const { instance, ...rest } = args;
    const defaulted = { name: undefined, project: undefined, stateful: undefined, expiresAt: undefined };
    super("InstanceSnapshot", name, { ...defaulted, ...rest, ...toMachine(instance), createdAt: undefined }, opts);
  }

  /** A snapshot that others own, by its ID `project/instance/snapshot`: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): InstanceSnapshot {
    const none = undefined as unknown as string;
    return new InstanceSnapshot(name, { instance: none, ...args }, pulumi.mergeOptions(opts, { id }));
  }
}
