// The `InstanceSnapshot` resource: snapshots of instances.
import * as pulumi from "@pulumi/pulumi";
import { type Instance } from "./instance/instance";
import { toMachine } from "./instance/machine";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, requireArgs, type ServerArgs, typeOf } from "./resource/resource";
import { type OptionalInput } from "./resource/inputs";
import { declared } from "./resource/outputs";

export interface InstanceSnapshotArgs extends CommonArgs {
  /**
   * The instance: an `Instance` of this program, or the name of an existing one. The snapshot follows renames of its
   * instance and is deleted with it. Another instance forces replacement.
   */
  instance: pulumi.Input<Instance | string>;
  /**
   * Name of the snapshot: 1 to 64 characters without spaces and slashes. Updated in place. Default: the resource's
   * name.
   */
  name?: OptionalInput<string>;
  /**
   * Includes the memory of a running instance. Virtual machines must have been started with the config
   * `migration.stateful: true`; containers require a server with CRIU. Changing this forces replacement with a snapshot
   * of the current state. Default: false.
   */
  stateful?: OptionalInput<boolean>;
  /**
   * When the server deletes the snapshot, as an RFC 3339 time such as `"2030-12-31T23:00:00Z"`. Updated in place.
   * Default: never.
   */
  expiresAt?: OptionalInput<string>;
  /**
   * Arbitrary value. Changing it restores the instance to the snapshot: its disk, config and devices. The server stops
   * a running instance for this and starts it again. The value at creation restores nothing. Default: none.
   */
  restore?: OptionalInput<string | number | boolean>;
}

/**
 * A snapshot of an instance, taken when the resource is created.
 *
 * It is an error if a snapshot of the same name exists that this resource has not taken. The resource option `import:
 * "project/instance/snapshot"` adopts an existing snapshot: differences are reported, and nothing is changed. If a
 * snapshot has been deleted, manually or because it expired, then after a refresh the next `pulumi up` takes a new
 * snapshot of the current state.
 */
export class InstanceSnapshot extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("InstanceSnapshot");

  declare readonly instance: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly stateful: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  /** The value whose change restores the instance. */
  declare readonly restore: pulumi.Output<string | number | boolean | undefined>;
  /** When the server took the snapshot, as an RFC 3339 time. */
  declare readonly createdAt: pulumi.Output<string>;

  /** Returns true if the value is an `InstanceSnapshot`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is InstanceSnapshot {
    return hasType(value, InstanceSnapshot.__pulumiType);
  }

  constructor(name: string, args: InstanceSnapshotArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("InstanceSnapshot", name, args);
    const { instance, ...rest } = args;
    const names = ["name", "project", "stateful", "expiresAt", "restore"];
    const props = { ...declared(...names), ...rest, ...toMachine(instance), ...declared("createdAt") };
    super("InstanceSnapshot", name, props, opts);
  }

  /**
   * Looks up an existing snapshot by its ID `project/instance/snapshot` without managing it: it is read, but never
   * changed or deleted.
   */
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
