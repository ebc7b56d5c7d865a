// The `Project` resource: isolated namespaces on a server.
import * as pulumi from "@pulumi/pulumi";
import { hasType } from "./resource/identity";
import { LxdResource, type ServerArgs, typeOf } from "./resource/resource";
import { type KeyValues, type OptionalInput } from "./resource/inputs";
import { declared, type Resolved } from "./resource/outputs";

/** Features of a project: what it has of its own. Everything else is shared with the project `default`. */
export interface ProjectFeaturesArgs {
  /** Has its own images. Default: true. */
  images?: OptionalInput<boolean>;
  /** Has its own profiles, starting with an empty profile `default`. Default: true. */
  profiles?: OptionalInput<boolean>;
  /** Has its own storage volumes. Default: true. */
  storageVolumes?: OptionalInput<boolean>;
  /**
   * Has its own storage buckets. Requires the API extension `storage_buckets` (any Incus, LXD 5.5). Default: true if
   * the server supports it.
   */
  storageBuckets?: OptionalInput<boolean>;
  /** Has its own networks, which must be of type `ovn`. Default: false. */
  networks?: OptionalInput<boolean>;
  /** Has its own network zones. Default: false. */
  networkZones?: OptionalInput<boolean>;
}

export interface ProjectArgs extends ServerArgs {
  /**
   * Name of the project, without spaces and slashes. Changing this forces replacement. Default: the resource's name.
   */
  name?: OptionalInput<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /** Features of the project. Updated in place while the project is empty; otherwise the preview reports an error. */
  features?: OptionalInput<ProjectFeaturesArgs>;
  /**
   * Restricts the project's instances to safe features; `restricted.…` keys in `config` set details. Updated in place.
   * Default: false.
   */
  restricted?: OptionalInput<boolean>;
  /**
   * Other configuration keys, for example `"limits.instances": 10`. Numbers and booleans are converted to strings.
   * Updated in place.
   */
  config?: OptionalInput<KeyValues>;
}

/**
 * A project: a namespace of its own, which also contains what its features select. Other resources are created in it
 * with `project: project.name`. Supported by all versions of LXD and Incus.
 *
 * The resource option `import: "name"` adopts an existing project: it is compared with the program, all differences are
 * reported at once, and nothing is changed.
 *
 * Only an empty project can be deleted; the error names its contents. Images that the server has cached for instances
 * count too.
 */
export class Project extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Project");

  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** Features of the project that the program specifies. */
  declare readonly features: pulumi.Output<Resolved<ProjectFeaturesArgs> | undefined>;
  /** Whether instances are restricted to safe features, if the program specifies it. */
  declare readonly restricted: pulumi.Output<boolean | undefined>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Configuration keys that the server has set, such as the features. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;

  /** Returns true if the value is a `Project`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Project {
    return hasType(value, Project.__pulumiType);
  }

  constructor(name: string, args: ProjectArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const names = ["name", "description", "features", "restricted", "config"];
    super("Project", name, { ...declared(...names), ...args, ...declared("serverConfig") }, opts);
  }

  /** Looks up an existing project by its name without managing it: it is read, but never changed or deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Project {
    return new Project(name, args, pulumi.mergeOptions(opts, { id }));
  }
}
