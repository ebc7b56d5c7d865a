// Images: what instances are made from.
import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, LxdResource } from "./resource";

/** A unified image tarball: relative to the program's folder, absolute, or from `~`; symbolic links are followed. */
export interface ImageFileSource {
  file: pulumi.Input<string>;
}

export interface ImageAliasArgs {
  name: pulumi.Input<string>;
  /** A text for people. Default: empty. */
  description?: pulumi.Input<string>;
}

export interface ImageArgs extends CommonArgs {
  /** Where the image comes from. Other content is another image, which replaces this one. */
  source: pulumi.Input<ImageFileSource>;
  /**
   * Names for the image, as text or with a description. They move here from the image that this one replaces; an alias
   * that belongs to any other image is an error. Aliases that others have added are left alone. Changes in place.
   */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /** Properties added to the image's own. Numbers and booleans are spelled out. Changes in place. */
  properties?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Whether anybody who reaches the server may copy the image. Default: false. Changes in place. */
  public?: pulumi.Input<boolean>;
}

/** An image on the daemon, known by the SHA-256 of its content. Works with every LXD and Incus. */
export class Image extends LxdResource {
  /** 64 hexadecimal digits, known in the preview. */
  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly aliases: pulumi.Output<{ name: string; description: string }[]>;
  declare readonly properties: pulumi.Output<Record<string, string>>;
  declare readonly public: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  /** `container` or `virtual-machine`. */
  declare readonly type: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { fingerprint: undefined, type: undefined, architecture: undefined, sizeBytes: undefined };
    const inputs = { project: undefined, aliases: undefined, properties: undefined, public: undefined, ...args };
    super("Image", name, { ...inputs, ...outputs }, opts);
  }
}
