// ISO volumes: installation media kept on the daemon.
import * as pulumi from "@pulumi/pulumi";
import { type IsoFileSource, type IsoFilesSource, type IsoUrlSource, type IsoUrlsSource, toSource } from "./iso-source";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { type CommonArgs, LxdResource, typeOf } from "../resource/resource";

export interface IsoVolumeArgs extends CommonArgs {
  /** The storage pool. Changing it replaces the volume. */
  pool: pulumi.Input<string>;
  /**
   * The volume's name: 1 to 64 letters, digits, dots, dashes, underscores. Default: the resource's name and 8 digits of a
   * hash over its URN and the content. So no other resource or stack has the same volume, new content becomes a volume
   * beside the old one, and machines switch to it before the old one is deleted. With a name of your own the old volume is
   * removed from the stack's machines and deleted first. Changing it replaces the volume.
   */
  name?: pulumi.Input<string>;
  /** A text for people. The one thing that changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /**
   * Where the bytes come from. They are known by their hash: other bytes are another volume, the same bytes from another
   * place are not. May be left away only for a volume that is imported as it is.
   */
  source?: pulumi.Input<IsoSourceArgs>;
  /** The cluster member to keep it on, where the pool is local to members. Changing it replaces the volume. */
  target?: pulumi.Input<string>;
  /** Import the bytes even if they are no ISO 9660 or UDF image. Default: false. */
  allowAnyContent?: pulumi.Input<boolean>;
  /**
   * With the option `import`: believe that the volume has the content of `source`, on servers that cannot give it back
   * to be compared (all without the API extension `backup_iso`). Its size is compared all the same. Default: false.
   */
  trustContent?: pulumi.Input<boolean>;
  /**
   * With a `name` of its own, and a volume of that name on the server which no state of this resource knows: delete that
   * volume and import the content again, unless something uses it. May stay in the program: it has an effect only when
   * the volume is created. Without it such a volume is used if the server can give its content back and that is the same
   * (API extension `backup_iso`), and is an error otherwise. Default: false. Changing only this has no effect.
   */
  overwrite?: pulumi.Input<boolean>;
}

/**
 * Installation media as a storage volume of content type `iso`, for virtual machines to boot from.
 *
 * Such a volume is made by import and never changed: a change of its content, name or place is a replacement. Needs
 * the API extension `custom_volume_iso`: any Incus, LXD 5.21 or newer.
 *
 * The resource option `import: "project/pool/name"` adopts a volume that exists: it is compared with the program,
 * all differences are reported at once, and nothing is sent again.
 *
 * With `ignoreChanges: ["source"]` a volume stays as it is, also when the bytes at the same path change.
 */
export class IsoVolume extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("IsoVolume");

  declare readonly pool: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** The content's identity: `sha256:` or `sha512:` and hexadecimal digits; `volume:…` for one copied from a stranger. */
  declare readonly digest: pulumi.Output<string>;
  /** Size of the content in bytes; the pool may round it up on disk. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** The cluster member that has the volume; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is IsoVolume {
    return hasType(value, IsoVolume.__pulumiType);
  }

  constructor(name: string, args: IsoVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { digest: undefined, sizeBytes: undefined, location: undefined };
    const source = toSource(args.source, `IsoVolume "${name}"`);
    const inputs = { project: undefined, name: undefined, description: undefined, ...args, source };
    super("IsoVolume", name, { ...inputs, ...outputs }, keepingContent(opts));
  }

  /**
   * A volume that others own, by its ID `project/pool/name`: read for use by machines, never changed, never deleted.
   * Its content is unknown: machines do not notice when it is created again under the same name.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): IsoVolume {
    return new IsoVolume(name, { pool: undefined as unknown as string, ...args }, pulumi.mergeOptions(opts, { id }));
  }
}

/** `ignoreChanges` of the source also ignores other bytes at the same path. */
function keepingContent(opts?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions | undefined {
  const ignored = opts?.ignoreChanges ?? [];
  return ignored.includes("source") ? { ...opts, ignoreChanges: [...ignored, "digest"] } : opts;
}

/** Another volume of the same server, copied by it without passing through here. */
export interface IsoCopySource {
  volume: pulumi.Input<
    | IsoVolume
    | {
        pool: pulumi.Input<string>;
        name: pulumi.Input<string>;
        /** Default: the new volume's own project. */
        project?: pulumi.Input<string>;
      }
  >;
}

/** Exactly one of these. */
export type IsoSourceArgs = IsoFileSource | IsoUrlSource | IsoUrlsSource | IsoFilesSource | IsoCopySource;
