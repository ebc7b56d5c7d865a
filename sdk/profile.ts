// Profiles: what instances share.
import * as pulumi from "@pulumi/pulumi";
import { type CloudInitArgs } from "./instance/instance";
import { type DiskArgs, type NicArgs, type RootDiskArgs, type Scalar } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";

export interface ProfileArgs extends CommonArgs {
  /** Without spaces and slashes. Default: the resource's name. Changing it replaces the profile. */
  name?: pulumi.Input<string>;
  /** A text for people. Changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /**
   * The server's configuration keys, e.g. `"limits.memory": "2GiB"`. Numbers and booleans are spelled out. Changes in
   * place, and with it all instances of the profile, as far as they take it while they run.
   */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** Data for cloud-init in the guests. Changes in place. */
  cloudInit?: pulumi.Input<CloudInitArgs>;
  /** The root disk of instances that have none of their own. A change of its pool is refused while instances use it. */
  rootDisk?: pulumi.Input<RootDiskArgs>;
  /** Network cards. Changes in place. */
  nics?: pulumi.Input<pulumi.Input<NicArgs>[]>;
  /** Disks beside the root disk. Changes in place. */
  disks?: pulumi.Input<pulumi.Input<DiskArgs>[]>;
  /** Other devices, as the server knows them. Changes in place. */
  devices?: pulumi.Input<Record<string, pulumi.Input<Record<string, Scalar>>>>;
}

/**
 * Config and devices that instances share: `profiles: [profile.name]`. Works with every LXD and Incus.
 *
 * The profile `default` is in every project from the beginning. A resource of that name takes it over while it is empty,
 * and empties it again when it is deleted.
 *
 * The resource option `import: "project/name"` adopts a profile that exists: it is compared with the program, all
 * differences are reported at once, and nothing is changed.
 *
 * A profile that instances use cannot be deleted; the error names them.
 */
export class Profile extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Profile");

  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** A secret where the profile was read with `.get`: it can have that of others. */
  declare readonly config: pulumi.Output<Record<string, string>>;
  declare readonly devices: pulumi.Output<Record<string, Record<string, string>>>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Profile {
    return hasType(value, Profile.__pulumiType);
  }

  constructor(name: string, args: ProfileArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const defaulted = { name: undefined, project: undefined, description: undefined, config: undefined };
    super("Profile", name, { ...defaulted, devices: undefined, ...args }, opts);
  }

  /** A profile that others own, by its ID `project/name`: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Profile {
    // Its config can have secrets of others, such as data for cloud-init.
    return new Profile(name, args, pulumi.mergeOptions(opts, { id, additionalSecretOutputs: ["config"] }));
  }
}
