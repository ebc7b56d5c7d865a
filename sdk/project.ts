// Projects: rooms of their own on a server.
import * as pulumi from "@pulumi/pulumi";
import { type Scalar } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { LxdResource, type ServerArgs, typeOf } from "./resource/resource";

/** What a project keeps for itself; whatever it does not, it shares with the project `default`. */
export interface ProjectFeaturesArgs {
  /** Default: true. */
  images?: pulumi.Input<boolean>;
  /** Default: true, with an empty profile `default`. */
  profiles?: pulumi.Input<boolean>;
  /** Default: true. */
  storageVolumes?: pulumi.Input<boolean>;
  /** Needs the API extension `storage_buckets`: every Incus, LXD 5.5. Default: true where the server has it. */
  storageBuckets?: pulumi.Input<boolean>;
  /** Networks of a project of its own must be of type `ovn`. Default: false. */
  networks?: pulumi.Input<boolean>;
  /** Default: false. */
  networkZones?: pulumi.Input<boolean>;
}

export interface ProjectArgs extends ServerArgs {
  /** Without spaces and slashes. Default: the resource's name. Changing it replaces the project. */
  name?: pulumi.Input<string>;
  /** A text for people. Changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /** Changes in place while the project is empty; in any other the preview refuses it. */
  features?: pulumi.Input<ProjectFeaturesArgs>;
  /** Whether what is unsafe is forbidden to its instances; keys `restricted.…` of `config` say details. Default: false. */
  restricted?: pulumi.Input<boolean>;
  /** Other keys, e.g. `"limits.instances": 10`. Numbers and booleans are spelled out. Changes in place. */
  config?: pulumi.Input<Record<string, Scalar>>;
}

/**
 * A project: names in it are its own, and so is what its features say. Other resources are made in it with
 * `project: project.name`. Works with every LXD and Incus.
 *
 * The resource option `import: "name"` adopts a project that exists: it is compared with the program, all differences
 * are reported at once, and nothing is changed.
 *
 * Only an empty project can be deleted; the error names what is in it. Images that instances have brought along count.
 */
export class Project extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Project");

  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Keys that the server has filled in, the features above all. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Project {
    return hasType(value, Project.__pulumiType);
  }

  constructor(name: string, args: ProjectArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const outputs = { name: undefined, description: undefined, config: undefined, serverConfig: undefined };
    super("Project", name, { ...outputs, ...args }, opts);
  }

  /** A project that others own, by its name: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Project {
    return new Project(name, args, pulumi.mergeOptions(opts, { id }));
  }
}
