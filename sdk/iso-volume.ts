// ISO volumes: installation media kept on the daemon.
import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, LxdResource } from "./resource";

/** A local file: relative to the program's folder, absolute, or from `~`; symbolic links are followed. */
export interface IsoFileSource {
  file: pulumi.Input<string>;
}

export interface IsoVolumeArgs extends CommonArgs {
  /** The storage pool. Changing it replaces the volume. */
  pool: pulumi.Input<string>;
  /**
   * The volume's name: 1 to 64 letters, digits, dots, dashes, underscores. Default: the resource's name and the first 8
   * digits of the content's hash, so that new content becomes a volume beside the old one, and machines switch to it
   * before the old one goes. With a name of your own the old volume is taken out of the stack's machines and deleted
   * first. Changing it replaces the volume.
   */
  name?: pulumi.Input<string>;
  /** A text for people. The one thing that changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /**
   * Where the bytes come from. They are known by their SHA-256: other bytes are another volume, the same bytes from
   * another place are not.
   */
  source: pulumi.Input<IsoFileSource>;
  /** Import the bytes even if they are no ISO 9660 or UDF image. Default: false. */
  allowAnyContent?: pulumi.Input<boolean>;
}

/**
 * Installation media as a storage volume of content type `iso`, for virtual machines to boot from.
 *
 * Such a volume is made by import and never changed: a change of its content, name or place is a replacement. Needs
 * the API extension `custom_volume_iso`: any Incus, LXD 5.21 or newer.
 */
export class IsoVolume extends LxdResource {
  declare readonly pool: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** The content's identity: `sha256:` and 64 hexadecimal digits. */
  declare readonly digest: pulumi.Output<string>;
  /** Size of the content in bytes; the pool may round it up on disk. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** The cluster member that has the volume; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;

  constructor(name: string, args: IsoVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { digest: undefined, sizeBytes: undefined, location: undefined };
    super(
      "IsoVolume",
      name,
      { project: undefined, name: undefined, description: undefined, ...args, ...outputs },
      opts,
    );
  }
}
