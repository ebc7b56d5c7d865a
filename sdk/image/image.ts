// The `Image` resource: images that instances are created from.
import * as pulumi from "@pulumi/pulumi";
import { type ImageSourceArgs } from "./image-source";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { aliasesElsewhere } from "./listed-aliases";
import { type CommonArgs, LxdResource, requireArgs, typeOf } from "../resource/resource";
import { withSecretUrls } from "../resource/secret-urls";
import { type KeyValues, type OptionalInput, type StringInput } from "../resource/inputs";
import { declared, type Resolved } from "../resource/outputs";

/** An alias of an image. */
export interface ImageAliasArgs {
  /** Name of the alias. */
  name: pulumi.Input<string>;
  /** Free text. Default: empty. */
  description?: OptionalInput<string>;
}

/** An alias of an image, as an output. */
export interface ImageAlias {
  /** Name of the alias. */
  name: string;
  /** Free text. */
  description: string;
}

export interface ImageArgs extends CommonArgs {
  /**
   * Where the image comes from. A different image forces replacement: the new image is created, the aliases move to it,
   * and the old image is deleted. The same content from another location is the same image. May be omitted only for an
   * image that is imported.
   */
  source?: OptionalInput<ImageSourceArgs>;
  /**
   * Aliases of the image, as names or with descriptions. An alias moves to this image from the image that it replaces,
   * and from another image of the program that no longer lists it. An alias of any other image is an error (see
   * `aliasPolicy`). Aliases that others have added are left alone. Updated in place. Default: none.
   */
  aliases?: OptionalInput<pulumi.Input<string | ImageAliasArgs>[]>;
  /**
   * Properties, added to the image's own. Numbers and booleans are converted to strings; an empty value removes a
   * property of the image. Updated in place. Default: none.
   */
  properties?: OptionalInput<KeyValues>;
  /** Makes the image public: anybody who can reach the server may copy it. Updated in place. Default: false. */
  public?: OptionalInput<boolean>;
  /**
   * Makes the server follow the alias of `source`: about every six hours it checks whether the alias points to another
   * image, and if so replaces this image with that one; `pulumi refresh` then shows the new fingerprint. Requires
   * `source.alias`. Updated in place. Default: false for a new image; if omitted later, the setting stays unchanged.
   */
  autoUpdate?: OptionalInput<boolean>;
  /**
   * When the server may delete the image, as an RFC 3339 time such as `2030-12-31T00:00:00Z`. Updated in place, but LXD
   * and Incus cannot remove an expiry date once it is set. Default: that of the image or its image server.
   */
  expiresAt?: OptionalInput<string>;
  /**
   * Profiles of instances that are created from the image without naming their own. Updated in place. Default:
   * `default` for a new image; if omitted later, the setting stays unchanged.
   */
  profiles?: OptionalInput<pulumi.Input<string>[]>;
  /**
   * What to do with an alias that already exists and does not belong to this resource: `fail` reports an error; `adopt`
   * shares it if it points to this same image; `move` points it to this image. A change alone does nothing. Default:
   * `fail`.
   */
  aliasPolicy?: StringInput<"fail" | "adopt" | "move" | undefined>;
  /**
   * Adopts an image with this content that was created outside of Pulumi; from then on, this resource updates and
   * deletes it. Without it, such an image is an error. Not needed for an image that another stack created: the stacks
   * share it. A change alone does nothing. Default: false.
   */
  adopt?: OptionalInput<boolean>;
}

/** What an image says of itself. */
export interface ImageMetadata {
  /** Operating system, for example `Debian`. */
  os?: string | undefined;
  /** Release of the operating system, for example `trixie`. */
  release?: string | undefined;
  /** Variant, for example `cloud`. */
  variant?: string | undefined;
  /** Serial of the build, for example `20261128`. */
  serial?: string | undefined;
  /** Free text. */
  description?: string | undefined;
  /** Architecture, for example `x86_64`. */
  architecture: string;
  /** When the content was built, as an RFC 3339 time. */
  creationDate?: string | undefined;
  /** What an instance needs, without the prefix `requirements.`. */
  requirements: Record<string, string>;
}

/**
 * An image, identified by the SHA-256 of its content (its fingerprint). Supported by all versions of LXD and Incus.
 *
 * A server stores each content only once, so several resources and stacks can share an image; it is deleted with the
 * last of them. Each may add aliases, properties and other settings; a setting that another stack sets to another value
 * is an error. An alias belongs to one resource only, unless all of them set `aliasPolicy: "adopt"`.
 *
 * `pulumi up --replace` pulls or publishes the image again. If the content is the same, the image stays the same.
 *
 * The resource option `import: "project/fingerprint"` (or `"project/alias"`) adopts an existing image: it is compared
 * with the program, all differences are reported at once, and only the properties that record ownership are written.
 * Aliases and properties that the program does not mention are not differences. `source` may be omitted; if it is
 * specified, it is checked against the image as far as possible. `adopt: true` works the other way around: it finds the
 * image by its source and updates it to match the program.
 */
export class Image extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Image");

  /** 64 hexadecimal digits. Known in the preview if the source determines it. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** Where the image comes from. With `Image.get`, undefined. */
  declare readonly source: pulumi.Output<Resolved<ImageSourceArgs> | undefined>;
  /** Aliases of the image that this resource manages; with `Image.get`, all aliases. */
  declare readonly aliases: pulumi.Output<ImageAlias[]>;
  /** Properties that this resource manages; with `Image.get`, all properties. */
  declare readonly properties: pulumi.Output<Record<string, string>>;
  declare readonly public: pulumi.Output<boolean>;
  declare readonly autoUpdate: pulumi.Output<boolean | undefined>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly profiles: pulumi.Output<string[] | undefined>;
  /** What happens to an alias that belongs to another image. */
  declare readonly aliasPolicy: pulumi.Output<string | undefined>;
  /** Whether an image that was created outside of Pulumi is adopted. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly project: pulumi.Output<string>;
  /** `container` or `virtual-machine`. */
  declare readonly type: pulumi.Output<string>;
  /** Architecture, for example `x86_64`. */
  declare readonly architecture: pulumi.Output<string>;
  /** Size of the image as packed, in bytes. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** When the image was added to the server, as an RFC 3339 time. */
  declare readonly uploadedAt: pulumi.Output<string>;
  /** What the image says of itself, from its `metadata.yaml` and the properties that were set later. */
  declare readonly metadata: pulumi.Output<ImageMetadata>;

  /** Returns true if the value is an `Image`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Image {
    return hasType(value, Image.__pulumiType);
  }

  constructor(name: string, args: ImageArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("Image", name, args);
    const inputs = { ...declared(...argumentNames), ...args, source: withSecretUrls(args.source) };
    const outputs = declared("fingerprint", "type", "architecture", "sizeBytes", "uploadedAt", "metadata");
    const isRead = opts?.id !== undefined;
    const elsewhere = isRead ? {} : { __aliasesElsewhere: aliasesElsewhere(args) };
    super("Image", name, { ...inputs, ...outputs, ...elsewhere }, opts);
  }

  /**
   * Looks up an existing image with all its aliases and properties, without managing it: it is read, but never changed
   * or deleted.
   *
   * @param id `project/fingerprint` (at least the first 12 digits) or `project/alias`. An alias is resolved again in
   * each run.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput | undefined } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Image {
    return new Image(name, args, pulumi.mergeOptions(opts, { id }));
  }
}

const argumentNames = [
  ...["project", "source", "aliases", "properties", "public", "autoUpdate", "expiresAt", "profiles", "aliasPolicy"],
  "adopt",
];
