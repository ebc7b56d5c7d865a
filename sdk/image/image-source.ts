// The sources of an image as programs write them; told apart by their keys.
import type * as pulumi from "@pulumi/pulumi";
import type { PinnedArgs } from "../iso-volume/iso-source";

/**
 * A unified image tarball: relative to the program's folder, absolute, or from `~`; symbolic links are followed. It is
 * hashed once per content (remembered in the user's cache folder), so the preview knows the fingerprint.
 */
export interface ImageFileSource {
  file: pulumi.Input<string>;
}

/** An image in two files: the tarball of its metadata, and its root. The preview knows the fingerprint. */
export interface ImageSplitSource {
  metadata: pulumi.Input<string>;
  /** squashfs or a tarball for a container; a qcow2 disk for a virtual machine. */
  rootfs: pulumi.Input<string>;
  /** What it is an image of. Default: `container`. */
  type?: pulumi.Input<"container" | "virtual-machine">;
}

/**
 * A unified image of any web server, downloaded here and streamed to the daemon without a copy. Broken transfers are
 * resumed; proxies come from the environment. The preview knows the fingerprint if the checksum is a SHA-256.
 */
export interface ImageDownloadSource extends PinnedArgs {
  download: pulumi.Input<string>;
}

/**
 * A disk of a virtual machine. Metadata is generated, and all formats but qcow2 are converted by `qemu-img`, which must
 * be on the PATH; there must be room for the result in the system's temporary folder. The preview knows the fingerprint
 * of a qcow2 disk, and of any other whether its bytes have changed.
 */
export interface ImageDiskSource {
  disk: pulumi.Input<string>;
  /** What the file is; `ova` must hold one disk. It is never guessed, and a file that is plainly another is an error. */
  format: pulumi.Input<"raw" | "qcow2" | "vmdk" | "vdi" | "vhd" | "vhdx" | "ova">;
  /** Default: `x86_64`. */
  architecture?: pulumi.Input<string>;
}

/**
 * An image of an image server, pulled by the daemon itself or, with `relay`, brought by this machine. Several resources and stacks may pull one image: it is
 * pulled once, belongs to all of them, and is deleted with the last.
 *
 * Named by its fingerprint, the preview knows it. Named by an alias, it is the image that the alias means when the
 * resource is made, and stays that one: replace the resource (`pulumi up --replace`) to follow the alias.
 */
export interface ImageServerSource {
  /** The server's URL, as the daemon reaches it. */
  server: pulumi.Input<string>;
  /** `incus` and `lxd` servers speak one protocol; both daemons take either name. */
  protocol: pulumi.Input<"simplestreams" | "incus" | "lxd">;
  /** Exactly one of `alias` and `fingerprint`. */
  alias?: pulumi.Input<string>;
  /** All 64 digits. */
  fingerprint?: pulumi.Input<string>;
  /** Which of the images that have the alias. Default: the server's choice, which is a container where it has both. */
  type?: pulumi.Input<"container" | "virtual-machine">;
  /** The server's certificate, or its authority's, as PEM text, where the daemon would not trust it by itself. */
  certificate?: pulumi.Input<string>;
  /** The project on an `incus` or `lxd` server. Default: the server's default project. */
  project?: pulumi.Input<string>;
  /**
   * Give it the aliases too that it has on the server. They are asked for here, so this machine must reach the server; the
   * preview shows them. They stay as they were then. Default: false.
   */
  copyAliases?: pulumi.Input<boolean>;
  /**
   * For a server that this machine reaches and the daemon does not: the image is read here and sent on as it comes, checked
   * by its fingerprint, never kept. It then has the properties of its own metadata, and the daemon cannot follow its alias
   * (`autoUpdate`). The preview knows the fingerprint. Default: false.
   */
  relay?: pulumi.Input<boolean>;
  /**
   * The image is not public, and the `incus` or `lxd` server trusts this stack's client certificate (`lxd:clientCertificate`,
   * else that of the command line): it is asked here for a secret with which the daemon may pull the image, once. Not with `autoUpdate`. Not needed with `relay`. Default: false.
   */
  private?: pulumi.Input<boolean>;
}

/**
 * A web server that answers a daemon's HEAD request with `Incus-Image-Hash` and `Incus-Image-URL` (LXD: `LXD-Image-…`).
 * The daemon downloads the image itself: unified images only, and only from servers that the system's authorities vouch
 * for. LXD 6.9 and newer refuse it; use `download` there.
 */
export interface ImageUrlSource {
  url: pulumi.Input<string>;
}

export interface ImagePublishArgs {
  /** `gzip`, `xz`, `zstd`, `none`, …, with options (`gzip -1`). Default: the server's. */
  compression?: pulumi.Input<string>;
  /**
   * One file, or metadata and root in two, as `pulumi-lxd export image` and image servers then have it. `split` needs
   * Incus 6.0.5 LTS, or Incus 6.13; LXD has it not. Default: `unified`.
   */
  format?: pulumi.Input<"unified" | "split">;
  /** Any text. Another one publishes again: nobody else tells when the instance has changed. */
  trigger?: pulumi.Input<string>;
}

/** An image made of an instance of the same project. Each publishing is another image, even of an unchanged instance. */
export interface ImageInstanceSource extends ImagePublishArgs {
  instance: pulumi.Input<string>;
  /** Consent to stop a running instance for it; it is started again after it. Default: false, a running one is an error. */
  stopRunning?: pulumi.Input<boolean>;
}

/** An image made of a snapshot, named `instance/snapshot`. The instance may run. */
export interface ImageSnapshotSource extends ImagePublishArgs {
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
