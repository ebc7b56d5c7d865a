// Images: what instances are made from.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageSourceArgs } from "./image-source";
import { type CommonArgs, LxdResource } from "./resource";

export interface ImageAliasArgs {
  name: pulumi.Input<string>;
  /** A text for people. Default: empty. */
  description?: pulumi.Input<string>;
}

export interface ImageArgs extends CommonArgs {
  /**
   * Where the image comes from. Another image replaces this one: the new one is made, aliases move, the old one goes.
   * The same content from another place is the same image.
   */
  source: pulumi.Input<ImageSourceArgs>;
  /**
   * Names for the image, as text or with a description. They move here from the image that this one replaces; an alias
   * that belongs to any other image is an error. Aliases that others have added are left alone. Changes in place.
   */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /** Properties added to the image's own. Numbers and booleans are spelled out. Changes in place. */
  properties?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Whether anybody who reaches the server may copy the image. Default: false. Changes in place. */
  public?: pulumi.Input<boolean>;
  /**
   * Take over an image that is on the daemon already although somebody else has brought it: from then on it is changed
   * and deleted with this resource. Default: false, it is an error.
   */
  adopt?: pulumi.Input<boolean>;
}

/**
 * An image on the daemon, known by the SHA-256 of its content. Works with every LXD and Incus.
 *
 * Content is the same for everybody, so an image can belong to several resources: those of one stack with the same
 * content, and all that pull it. It is deleted with the last of them.
 */
export class Image extends LxdResource {
  /** 64 hexadecimal digits; known in the preview as far as the source says. */
  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly aliases: pulumi.Output<{ name: string; description: string }[]>;
  declare readonly properties: pulumi.Output<Record<string, string>>;
  declare readonly public: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  /** `container` or `virtual-machine`. */
  declare readonly type: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;
  /** When the daemon got it, as an RFC 3339 time. */
  declare readonly uploadedAt: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      fingerprint: undefined,
      type: undefined,
      architecture: undefined,
      sizeBytes: undefined,
      uploadedAt: undefined,
    };
    const inputs = { project: undefined, aliases: undefined, properties: undefined, public: undefined, ...args };
    super("Image", name, { ...inputs, ...outputs }, opts);
  }
}
