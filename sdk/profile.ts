// The `Profile` resource: configuration and devices that instances share.
import * as pulumi from "@pulumi/pulumi";
import { type CloudInitArgs } from "./instance/instance-args";
import { type DiskArgs, type NicArgs, type RootDiskArgs } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";
import { type ItemInput, type KeyValues, type OptionalInput } from "./resource/inputs";
import { declared, type Resolved } from "./resource/outputs";

export interface ProfileArgs extends CommonArgs {
  /**
   * Name of the profile, without spaces and slashes. Changing this forces replacement. Default: the resource's name.
   */
  name?: OptionalInput<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /**
   * Configuration keys of the server, for example `"limits.memory": "2GiB"`. Numbers and booleans are converted to
   * strings. Updated in place, together with all instances of the profile, as far as they can apply the change while
   * running.
   */
  config?: OptionalInput<KeyValues>;
  /** Data for cloud-init in the guests. Updated in place. */
  cloudInit?: OptionalInput<CloudInitArgs>;
  /**
   * The root disk of instances that do not have their own. Updated in place; changing its pool is an error while
   * instances use it.
   */
  rootDisk?: OptionalInput<RootDiskArgs>;
  /** Network interfaces. Updated in place. */
  nics?: OptionalInput<ItemInput<NicArgs>[]>;
  /** Disks, in addition to the root disk. Updated in place. */
  disks?: OptionalInput<ItemInput<DiskArgs>[]>;
  /** Other devices by name, with the server's own options. Updated in place. */
  devices?: OptionalInput<Record<string, pulumi.Input<KeyValues>>>;
}

/**
 * Configuration and devices that instances share: `profiles: [profile.name]`. Supported by all versions of LXD and
 * Incus.
 *
 * Every project has a profile `default` from the start. A resource of that name adopts it as long as it is empty, and
 * empties it again when the resource is deleted.
 *
 * The resource option `import: "project/name"` adopts an existing profile: it is compared with the program, all
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
  /** Configuration keys of the profile. A secret with `Profile.get`, because it may contain secrets of others. */
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Data for cloud-init. A secret if one of its arguments is. */
  declare readonly cloudInit: pulumi.Output<Resolved<CloudInitArgs> | undefined>;
  /** The root disk of instances that do not have their own. */
  declare readonly rootDisk: pulumi.Output<Resolved<RootDiskArgs> | undefined>;
  /** Network interfaces, with the names of their devices. */
  declare readonly nics: pulumi.Output<Resolved<NicArgs>[] | undefined>;
  /** Disks besides the root disk, with the names of their devices. */
  declare readonly disks: pulumi.Output<Resolved<DiskArgs>[] | undefined>;
  /** The devices that no other argument describes. */
  declare readonly devices: pulumi.Output<Record<string, Record<string, string>>>;

  /** Returns true if the value is a `Profile`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Profile {
    return hasType(value, Profile.__pulumiType);
  }

  constructor(name: string, args: ProfileArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super("Profile", name, { ...declared(...argumentNames), ...args }, opts);
  }

  /**
   * Looks up an existing profile by its ID `project/name` without managing it: it is read, but never changed or
   * deleted.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Profile {
    // Its config may contain secrets of others, such as data for cloud-init.
    return new Profile(name, args, pulumi.mergeOptions(opts, { id, additionalSecretOutputs: ["config"] }));
  }
}

const argumentNames = [
  ...["name", "project", "description", "config", "cloudInit", "rootDisk", "nics", "disks", "devices"],
];
