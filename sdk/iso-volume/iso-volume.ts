// The `IsoVolume` resource: installation media in a storage pool.
import * as pulumi from "@pulumi/pulumi";
import {
  type IsoFileSource,
  type IsoFilesSource,
  type IsoSourceKey,
  type IsoUrlSource,
  type IsoUrlsSource,
  toSource,
} from "./iso-source";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { type CommonArgs, LxdResource, requireArgs, typeOf } from "../resource/resource";
import { type Only, type OptionalInput } from "../resource/inputs";
import { type FileEntry } from "../resource/file-entry";
import { declared, type Resolved } from "../resource/outputs";

export interface IsoVolumeArgs extends CommonArgs {
  /** The storage pool. Changing this forces replacement. */
  pool: pulumi.Input<string>;
  /**
   * Name of the volume: 1 to 64 letters, digits, dots, dashes or underscores. Changing this forces replacement.
   * Default: the resource's name and 8 digits of a hash of its URN and its content. This default keeps volumes of
   * different resources and stacks apart, and lets new content become a new volume: instances switch to it before the
   * old volume is deleted. With a fixed name, the old volume is first removed from the stack's instances and deleted.
   */
  name?: OptionalInput<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /**
   * Where the content comes from. The content is compared by hash: different bytes force replacement, the same bytes
   * from another location do not. May be omitted only for a volume that is imported.
   */
  source?: OptionalInput<IsoSourceArgs>;
  /**
   * The cluster member to store the volume on, for pools that are local to each member. Changing this forces
   * replacement. Default: chosen by the server.
   */
  target?: OptionalInput<string>;
  /** Imports content that is not an ISO 9660 or UDF image. A change alone does nothing. Default: false. */
  allowAnyContent?: OptionalInput<boolean>;
  /**
   * With the resource option `import`: assumes that the volume has the content of `source`, on servers that cannot
   * export it for a comparison (those without the API extension `backup_iso`, which Incus has since 6.0.6 LTS and
   * 6.18). The size is compared in any case. A change alone does nothing. Default: false.
   */
  trustContent?: OptionalInput<boolean>;
  /**
   * With a fixed `name`: if the server already has a volume of that name that is not in the state of this resource,
   * deletes it and imports the content again, unless the volume is in use. Otherwise, such a volume is used if the
   * server can export its content (API extension `backup_iso`, in Incus since 6.0.6 LTS and 6.18) and the content is
   * the same, and is an error if not. Applies only when the resource is created, so it may stay in the program. A
   * change alone does nothing. Default: false.
   */
  overwrite?: OptionalInput<boolean>;
}

/**
 * Installation media in a storage volume of content type `iso`, which virtual machines can boot from.
 *
 * An ISO volume is created by an import and never modified: changing its content, name or location forces replacement.
 * Requires the API extension `custom_volume_iso` (any Incus, LXD 5.21 or newer).
 *
 * The resource option `import: "project/pool/name"` adopts an existing volume: it is compared with the program, all
 * differences are reported at once, and nothing is uploaded again.
 *
 * `ignoreChanges: ["source"]` keeps the volume unchanged, even if the bytes at the same path change.
 */
export class IsoVolume extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("IsoVolume");

  declare readonly pool: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** Where the content comes from. With `IsoVolume.get`, undefined. */
  declare readonly source: pulumi.Output<IsoSource | undefined>;
  /** The cluster member that the program asks for; see `location` for the member that stores the volume. */
  declare readonly target: pulumi.Output<string | undefined>;
  /** Whether content that is not an ISO image is imported. */
  declare readonly allowAnyContent: pulumi.Output<boolean | undefined>;
  /** Whether an imported volume is assumed to have the content of `source`. */
  declare readonly trustContent: pulumi.Output<boolean | undefined>;
  /** Whether an existing volume of the same name is deleted. */
  declare readonly overwrite: pulumi.Output<boolean | undefined>;
  /**
   * Identifies the content: `sha256:` or `sha512:` and hexadecimal digits, or `volume:…` for a copy of a volume that is
   * not managed by this program.
   */
  declare readonly digest: pulumi.Output<string>;
  /** Size of the content in bytes. The pool may round it up on disk. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** The cluster member that stores the volume; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  /** Returns true if the value is an `IsoVolume`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is IsoVolume {
    return hasType(value, IsoVolume.__pulumiType);
  }

  constructor(name: string, args: IsoVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("IsoVolume", name, args);
    const source = toSource(args.source, `IsoVolume "${name}"`);
    const props = { ...declared(...argumentNames), ...args, source, ...declared("digest", "sizeBytes", "location") };
    super("IsoVolume", name, props, keepingContent(opts));
  }

  /**
   * Looks up an existing volume by its ID `project/pool/name` without managing it: instances can use it, but it is
   * never changed or deleted. Its content is unknown, so instances do not notice if it is created again under the same
   * name.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput | undefined } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): IsoVolume {
    return new IsoVolume(name, { pool: undefined as unknown as string, ...args }, pulumi.mergeOptions(opts, { id }));
  }
}

const argumentNames = [
  ...["pool", "name", "project", "description", "source", "target", "allowAnyContent", "trustContent", "overwrite"],
];

/** With `ignoreChanges: ["source"]`, also ignores changed bytes at the same path. */
function keepingContent(opts?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions | undefined {
  const ignored = opts?.ignoreChanges ?? [];
  return ignored.includes("source") ? { ...opts, ignoreChanges: [...ignored, "digest"] } : opts;
}

/**
 * A copy of another volume on the same server. The server copies it; the content does not pass through this machine.
 */
export interface IsoCopySource extends Only<"volume", IsoSourceKey> {
  /** An `IsoVolume` of this program, or the pool and name of an existing ISO volume. */
  volume: pulumi.Input<
    | IsoVolume
    | {
        pool: pulumi.Input<string>;
        name: pulumi.Input<string>;
        /** Project of the volume. Default: that of the new volume. */
        project?: OptionalInput<string>;
      }
  >;
}

/** The source of an ISO volume: exactly one of these types. */
export type IsoSourceArgs = IsoFileSource | IsoUrlSource | IsoUrlsSource | IsoFilesSource | IsoCopySource;

/** The source as an output. */
export type IsoSource =
  | Resolved<IsoFileSource | IsoUrlSource | IsoUrlsSource | IsoCopySource>
  | (Omit<Resolved<IsoFilesSource>, "files"> & {
      /** What each file contains, by its path in the image. */
      files: Record<string, FileEntry>;
    });
