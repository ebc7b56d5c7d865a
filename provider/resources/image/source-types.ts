// Sources of an image, each with its own keys.
import { type DiskFormat } from "../../content/disk-image/formats";
import { type ImageDescription } from "../../content/disk-image/image-description";
import { type WrittenChecksum } from "../../content/url/checksum";
import { type SourceFile } from "../../content/source-file";

export type ImageType = "container" | "virtual-machine";

/** A unified tarball. */
export interface FileSource {
  file: SourceFile;
}

/** Metadata and root file system in two files. */
export interface SplitSource {
  metadata: SourceFile | ImageDescription;
  rootfs: SourceFile;
  type?: ImageType | undefined;
}

/** A unified tarball on any web server, downloaded here. */
export interface DownloadSource {
  download: string;
  checksum?: WrittenChecksum | undefined;
  trigger?: string | undefined;
}

/** A disk of a virtual machine. */
export interface DiskSource {
  disk: SourceFile;
  format: DiskFormat;
  architecture?: string | undefined;
  metadata?: ImageDescription | undefined;
}

/** An image server from which the daemon pulls. */
export interface ServerSource {
  server: string;
  protocol: "simplestreams" | "incus" | "lxd";
  alias?: string | undefined;
  fingerprint?: string | undefined;
  type?: ImageType | undefined;
  certificate?: string | undefined;
  project?: string | undefined;
  copyAliases?: boolean | undefined;
  relay?: boolean | undefined;
  private?: boolean | undefined;
}

/** A web server that supports the daemons' protocol for single images. */
export interface UrlSource {
  url: string;
}

interface PublishOptions {
  compression?: string | undefined;
  format?: "unified" | "split" | undefined;
  trigger?: string | undefined;
}

export interface InstanceSource extends PublishOptions {
  instance: string;
  stopRunning?: boolean | undefined;
}

/** `instance/snapshot`. */
export interface SnapshotSource extends PublishOptions {
  snapshot: string;
}

/** Content that is uploaded from here. */
export type ContentSource = FileSource | SplitSource | DownloadSource | DiskSource;

/** Images that the daemon creates or fetches. */
export type DaemonSource = ServerSource | UrlSource | InstanceSource | SnapshotSource;

export type ImageSource = ContentSource | DaemonSource;
