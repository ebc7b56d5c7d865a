// Argument types for the source of an image; the keys that are present select the type.
import type * as pulumi from "@pulumi/pulumi";
import type { PinnedArgs, WebFileArgs } from "../resource/web-file";
import { type KeyValues, type Only, type OptionalInput, type StringInput } from "../resource/inputs";

/** The fields of all sources. */
type SourceKey =
  | "file"
  | "metadata"
  | "rootfs"
  | "type"
  | "download"
  | "checksum"
  | "trigger"
  | "disk"
  | "format"
  | "architecture"
  | "server"
  | "protocol"
  | "alias"
  | "fingerprint"
  | "certificate"
  | "project"
  | "copyAliases"
  | "relay"
  | "private"
  | "url"
  | "instance"
  | "stopRunning"
  | "snapshot"
  | "compression";

/**
 * A unified image tarball on this machine. The path is relative to the program's directory, absolute, or starts with
 * `~`; symbolic links are followed. Each content is hashed once (the hash is cached in the user's cache directory), so
 * the preview shows the fingerprint. A file on a web server is the same as the source `download`.
 */
export interface ImageFileSource extends Only<"file", SourceKey> {
  /** Path of the tarball, or a file on a web server. */
  file: pulumi.Input<string | WebFileArgs>;
}

/** A file that the server writes into an instance of the image. */
export interface ImageTemplateArgs {
  /**
   * When it is written: when an instance is created from the image or copied, at each start, or when it is renamed.
   */
  when: pulumi.Input<StringInput<"create" | "copy" | "start" | "rename">[]>;
  /** The content, in the server's template language (Pongo2), for example `{{ instance.name }}`. */
  content: pulumi.Input<string>;
  /** Leaves a file that already exists unchanged. Default: false. */
  createOnly?: OptionalInput<boolean>;
}

/**
 * The metadata of an image that comes without: the provider writes `metadata.yaml` and the templates. The same metadata
 * always produces the same bytes, and so the same fingerprint.
 */
export interface ImageMetadataArgs {
  /** Operating system, for example `Debian`. Stored as a property of the image, like the next four. */
  os?: OptionalInput<string>;
  /** Release of the operating system, for example `trixie`. */
  release?: OptionalInput<string>;
  /** Variant, for example `cloud`. */
  variant?: OptionalInput<string>;
  /** Serial of the build, for example `20261128`. */
  serial?: OptionalInput<string>;
  /** Free text. */
  description?: OptionalInput<string>;
  /** Architecture, as the kernel names it. Default: `x86_64`. */
  architecture?: OptionalInput<string>;
  /** When the content was built, as an RFC 3339 time. Default: one second after 1970 began, which means unknown. */
  creationDate?: OptionalInput<string>;
  /** When the server may delete the image, as an RFC 3339 time. Default: never. */
  expiresAt?: OptionalInput<string>;
  /**
   * What an instance of the image needs, without the prefix `requirements.`, for example `{ secureboot: false }` or `{
   * cgroup: "v1" }`.
   */
  requirements?: OptionalInput<KeyValues>;
  /** Files that the server writes into containers of the image, by their absolute paths. */
  templates?: OptionalInput<Record<string, pulumi.Input<ImageTemplateArgs>>>;
}

/**
 * An image in two files: a metadata tarball and a root file system or disk. For local files, the preview shows the
 * fingerprint; if one of them is on a web server, it shows whether the checksums have changed.
 */
export interface ImageSplitSource extends Only<"metadata" | "rootfs" | "type", SourceKey> {
  /** Path of the metadata tarball, a file on a web server, or the metadata for a root that comes without. */
  metadata: pulumi.Input<string | WebFileArgs | ImageMetadataArgs>;
  /**
   * Path of the root, or a file on a web server: a squashfs file or a tarball for a container, a qcow2 disk for a
   * virtual machine. A disk may be compressed with xz, gzip, zstd or bzip2, as for the source `disk`.
   */
  rootfs: pulumi.Input<string | WebFileArgs>;
  /** The type of instance that the image is for. Default: `container`. */
  type?: StringInput<"container" | "virtual-machine" | undefined>;
}

/**
 * A unified image from any web server, downloaded by this machine and streamed to the server without a local copy.
 * Interrupted transfers resume. Proxies are configured through the environment. The preview shows the fingerprint if
 * the checksum is a SHA-256.
 */
export interface ImageDownloadSource extends PinnedArgs, Only<"download" | "checksum" | "trigger", SourceKey> {
  /** URL of the tarball. */
  download: pulumi.Input<string>;
}

/**
 * A disk of a virtual machine, with generated metadata. A disk that is compressed with xz, gzip, zstd or bzip2 is
 * decompressed on its way; for xz, bzip2 and (before Node.js 22.15) zstd, the program of that name must be on the PATH.
 * Formats other than qcow2 are converted with `qemu-img`, which must be on the PATH; the disk and the result need space
 * in the system's temporary directory. The preview shows the fingerprint of a local qcow2 disk; for all others, it shows
 * whether the bytes have changed.
 */
export interface ImageDiskSource extends Only<"disk" | "format" | "architecture" | "metadata", SourceKey> {
  /** Path of the disk file, or a file on a web server. */
  disk: pulumi.Input<string | WebFileArgs>;
  /**
   * Format of the file; an `ova` must contain exactly one disk. The format is never guessed. A file that is
   * recognizably of another format is an error.
   */
  format: StringInput<"raw" | "qcow2" | "vmdk" | "vdi" | "vhd" | "vhdx" | "ova">;
  /** Architecture of the disk, as the kernel names it. Default: `x86_64`. */
  architecture?: OptionalInput<string>;
  /** Metadata of the image. Default: only the architecture. */
  metadata?: OptionalInput<ImageMetadataArgs>;
}

/**
 * An image from an image server, pulled by LXD or Incus itself or, with `relay`, transferred by this machine. Several
 * resources and stacks can use the same image: it is pulled once, shared by all of them, and deleted with the last one.
 *
 * An image specified by fingerprint is known in the preview. An image specified by alias is resolved when the resource
 * is created and does not change afterwards. To follow the alias, replace the resource (`pulumi up --replace`) or set
 * `autoUpdate`.
 */
interface ServerSource extends Only<
  | "server"
  | "protocol"
  | "alias"
  | "fingerprint"
  | "type"
  | "certificate"
  | "project"
  | "copyAliases"
  | "relay"
  | "private",
  SourceKey
> {
  /** URL of the image server, as LXD or Incus reaches it; with `relay`, as this machine reaches it. */
  server: pulumi.Input<string>;
  /** Protocol of the image server. `incus` and `lxd` are the same protocol; LXD and Incus accept either name. */
  protocol: StringInput<"simplestreams" | "incus" | "lxd">;
  /** Which image to choose if the alias names several. Default: chosen by the server, which prefers a container. */
  type?: StringInput<"container" | "virtual-machine" | undefined>;
  /** The server's certificate or its certificate authority as PEM text, if LXD or Incus does not trust it otherwise. */
  certificate?: OptionalInput<string>;
  /** The project on an `incus` or `lxd` server. Default: the server's default project. */
  project?: OptionalInput<string>;
  /**
   * Also gives the image the aliases that it has on the image server at creation; they are not updated later. This
   * machine queries the image server for them, so it must be able to reach it. The preview shows the aliases. Default:
   * false.
   */
  copyAliases?: OptionalInput<boolean>;
  /**
   * For an image server that this machine can reach but LXD or Incus cannot: this machine reads the image, verifies its
   * fingerprint and forwards it, without storing it. The image then has only the properties in its own metadata, and
   * `autoUpdate` is not possible. The preview shows the fingerprint. Default: false.
   */
  relay?: OptionalInput<boolean>;
  /**
   * The image is not public, and the `incus` or `lxd` server trusts this stack's client certificate
   * (`lxd:clientCertificate`, otherwise that of the command line). This machine requests a secret from that server,
   * which lets LXD or Incus pull the image once. Not possible with `autoUpdate`; not needed with `relay`. Default:
   * false.
   */
  private?: OptionalInput<boolean>;
}

/** An image of an image server, by an alias. */
export interface ImageServerAliasSource extends ServerSource {
  /** An alias of the image. Conflicts with `fingerprint`. */
  alias: pulumi.Input<string>;
  fingerprint?: undefined;
}

/** An image of an image server, by its fingerprint. */
export interface ImageServerFingerprintSource extends ServerSource {
  /** The full fingerprint of the image: 64 hexadecimal digits. Conflicts with `alias`. */
  fingerprint: pulumi.Input<string>;
  alias?: undefined;
}

export type ImageServerSource = ImageServerAliasSource | ImageServerFingerprintSource;

/**
 * A URL for the server's own `url` protocol: a web server that answers a HEAD request with the headers
 * `Incus-Image-Hash` and `Incus-Image-URL` (LXD: `LXD-Image-…`). LXD or Incus downloads the image itself: unified
 * images only, and only from web servers whose certificate the system's certificate authorities trust. LXD 6.9 and
 * newer reject this; use `download` there.
 */
export interface ImageUrlSource extends Only<"url", SourceKey> {
  /** The URL that answers with these headers. */
  url: pulumi.Input<string>;
}

export interface ImagePublishArgs {
  /** Compression: `gzip`, `xz`, `zstd`, `none` …, optionally with flags (`gzip -1`). Default: the server's. */
  compression?: OptionalInput<string>;
  /**
   * Publishes the image as one file, or as separate metadata and root files, which `pulumi-lxd export image` and image
   * servers then use too. `split` requires the API extension `instance_publish_split` (Incus 6.0.5 LTS or 6.13; not
   * available in LXD). Default: `unified`.
   */
  format?: StringInput<"unified" | "split" | undefined>;
  /** Arbitrary text. Changing it publishes again; changes in the instance are not detected otherwise. */
  trigger?: OptionalInput<string>;
}

/**
 * An image published from an instance of the same project. Each publication creates a different image, even if the
 * instance has not changed.
 */
export interface ImageInstanceSource
  extends ImagePublishArgs, Only<"instance" | "stopRunning" | "compression" | "format" | "trigger", SourceKey> {
  /** Name of the instance. */
  instance: pulumi.Input<string>;
  /**
   * Allows stopping a running instance to publish it; it is started again afterwards. Default: false, which makes a
   * running instance an error.
   */
  stopRunning?: OptionalInput<boolean>;
}

/** An image published from a snapshot. The instance may be running. */
export interface ImageSnapshotSource
  extends ImagePublishArgs, Only<"snapshot" | "compression" | "format" | "trigger", SourceKey> {
  /** The snapshot as `instance/snapshot`. */
  snapshot: pulumi.Input<string>;
}

export type ImageSourceArgs =
  | ImageFileSource
  | ImageSplitSource
  | ImageDownloadSource
  | ImageDiskSource
  | ImageServerSource
  | ImageUrlSource
  | ImageInstanceSource
  | ImageSnapshotSource;
