// Images: what instances are made from.
import * as pulumi from "@pulumi/pulumi";
import { type ImageSourceArgs } from "./image-source";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { aliasesElsewhere } from "./listed-aliases";
import { type CommonArgs, LxdResource, typeOf } from "../resource/resource";
import { withSecretUrls } from "../resource/secret-urls";

export interface ImageAliasArgs {
  name: pulumi.Input<string>;
  /** A text for people. Default: empty. */
  description?: pulumi.Input<string>;
}

export interface ImageArgs extends CommonArgs {
  /**
   * Where the image comes from. Another image replaces this one: the new one is made, aliases move, the old one goes.
   * The same content from another place is the same image. May be left away only for an image that is imported.
   */
  source?: pulumi.Input<ImageSourceArgs>;
  /**
   * Names for the image, as text or with a description. They move here from the image that this one replaces, and from
   * another image of the program that no longer lists them; an alias that belongs to any other image is an error. Aliases
   * that others have added are left alone. Changes in place.
   */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /**
   * Properties added to the image's own. Numbers and booleans are spelled out; an empty value takes one of the image's
   * own away. Changes in place.
   */
  properties?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Whether anybody who reaches the server may copy the image. Default: false. Changes in place. */
  public?: pulumi.Input<boolean>;
  /**
   * Whether the daemon follows the alias of `source`: about every six hours it looks whether the alias names another
   * image, and puts that one in this one's place; `pulumi refresh` then shows its fingerprint. Needs `source.alias`.
   * Default: false for a new image; not spoken of, it is left as it is. Changes in place.
   */
  autoUpdate?: pulumi.Input<boolean>;
  /**
   * When the daemon may delete the image, as an RFC 3339 time such as `2030-12-31T00:00:00Z`. Default: what the image or
   * its server says. Changes in place, but the daemons cannot take an expiry away.
   */
  expiresAt?: pulumi.Input<string>;
  /**
   * The profiles that instances of this image get unless they name their own. Default: `default` for a new image; not
   * spoken of, they are left as they are. Changes in place.
   */
  profiles?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * What happens to an alias that somebody else has already: `fail` is an error; `adopt` has it together with others
   * if it names this very image; `move` points it here from any image. Default: `fail`.
   */
  aliasPolicy?: pulumi.Input<"fail" | "adopt" | "move">;
  /**
   * Adopt an image that was imported by hand: from then on it is changed and deleted with this resource.
   * Default: false, it is an error. An image that a stack has brought is shared without this.
   */
  adopt?: pulumi.Input<boolean>;
}

/**
 * An image on the daemon, known by the SHA-256 of its content. Works with every LXD and Incus.
 *
 * Content is the same for everybody, so an image can belong to several resources of several stacks, each with a claim of
 * its own. It is deleted with the last of them. What the stacks say of it should be the same: each `pulumi up` makes the
 * image what its own program says. An alias belongs to one of them, unless all say `aliasPolicy: "adopt"`.
 *
 * `pulumi up --replace` pulls or publishes again. The same content is the same image all the same, and stays.
 *
 * The resource option `import: "project/fingerprint"` (or `"project/alias"`) adopts an image that exists: it is compared
 * with the program, all differences are reported at once, and nothing is changed but the properties that say whose it is. Aliases and properties that the
 * program does not speak of are no difference. It need not say `source`; one that is said must be of this very image, as far as that can
 * be seen. `adopt: true` is the other way: the image is looked for by its source, and made what the program says.
 */
export class Image extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Image");

  /** 64 hexadecimal digits; known in the preview as far as the source says. */
  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly aliases: pulumi.Output<{ name: string; description: string }[]>;
  declare readonly properties: pulumi.Output<Record<string, string>>;
  declare readonly public: pulumi.Output<boolean>;
  declare readonly autoUpdate: pulumi.Output<boolean | undefined>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly profiles: pulumi.Output<string[] | undefined>;
  declare readonly project: pulumi.Output<string>;
  /** `container` or `virtual-machine`. */
  declare readonly type: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;
  /** When the daemon got it, as an RFC 3339 time. */
  declare readonly uploadedAt: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Image {
    return hasType(value, Image.__pulumiType);
  }

  constructor(name: string, args: ImageArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      fingerprint: undefined,
      type: undefined,
      architecture: undefined,
      sizeBytes: undefined,
      uploadedAt: undefined,
    };
    const settings = { public: undefined, autoUpdate: undefined, expiresAt: undefined, profiles: undefined };
    const given = { ...args, source: withSecretUrls(args.source) };
    const inputs = { project: undefined, aliases: undefined, properties: undefined, ...settings, ...given };
    const isRead = opts?.id !== undefined;
    const elsewhere = isRead ? {} : { __aliasesElsewhere: aliasesElsewhere(args) };
    super("Image", name, { ...inputs, ...outputs, ...elsewhere }, opts);
  }
  /**
   * An image that others own, read as it is, with all its aliases and properties; never changed, never deleted.
   *
   * @param id `project/fingerprint`, with at least the first 12 of its digits, or `project/alias`. An alias is followed
   * at each run.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Image {
    return new Image(name, args, pulumi.mergeOptions(opts, { id }));
  }
}
