// Argument types for the source of an instance.
import type * as pulumi from "@pulumi/pulumi";
import { type Only, type OptionalInput, type StringInput } from "../resource/inputs";
import { type WebFileArgs } from "../resource/web-file";

/** The fields of all sources. */
type SourceKey =
  | "image"
  | "alias"
  | "follow"
  | "server"
  | "protocol"
  | "fingerprint"
  | "certificate"
  | "instance"
  | "project"
  | "instanceOnly"
  | "snapshot"
  | "backup";

/** An image in the instance's project, by its fingerprint. */
export interface InstanceImageSource extends Only<"image", SourceKey> {
  /** Fingerprint (64 hexadecimal digits) of the image, for example `image.fingerprint`. */
  image: pulumi.Input<string>;
}

/**
 * An image in the instance's project, by an alias. The alias is resolved when the instance is created. If it points to
 * another image later, that changes nothing unless `follow` is true.
 */
export interface InstanceAliasSource extends Only<"alias" | "follow", SourceKey> {
  /** The alias. */
  alias: pulumi.Input<string>;
  /**
   * Treats another image behind the alias as a change of the source. Every preview asks the server and shows such a
   * change. Default: false.
   */
  follow?: OptionalInput<boolean>;
}

/**
 * An image from an image server, which LXD or Incus pulls and keeps in its cache. An alias is resolved when the
 * instance is created. To follow an alias or to share an image, use an `Image` with this source.
 */
interface ServerSource extends Only<"server" | "protocol" | "alias" | "fingerprint" | "certificate", SourceKey> {
  /** URL of the image server: `https://…`. */
  server: pulumi.Input<string>;
  /** Protocol of the image server. `incus` and `lxd` are the same protocol; LXD accepts either name. */
  protocol: StringInput<"simplestreams" | "incus" | "lxd">;
  /**
   * The server's certificate as PEM text, if no trusted certificate authority has issued it. A change alone does
   * nothing.
   */
  certificate?: OptionalInput<string>;
}

/** An image of an image server, by an alias. */
export interface InstanceServerAliasSource extends ServerSource {
  /** An alias of the image. Conflicts with `fingerprint`. */
  alias: pulumi.Input<string>;
  fingerprint?: undefined;
}

/** An image of an image server, by its fingerprint. */
export interface InstanceServerFingerprintSource extends ServerSource {
  /** Fingerprint of the image. Conflicts with `alias`. */
  fingerprint: pulumi.Input<string>;
  alias?: undefined;
}

export type InstanceServerSource = InstanceServerAliasSource | InstanceServerFingerprintSource;

/**
 * A copy of another instance of the same type on the same server, with its disk and snapshots. Config, devices and
 * profiles come from the program, not from the other instance.
 */
export interface InstanceCopySource extends Only<"instance" | "project" | "instanceOnly", SourceKey> {
  /** Name of the other instance, for example `machine.name`. */
  instance: pulumi.Input<string>;
  /** Project of the other instance. Default: that of the new one. */
  project?: OptionalInput<string>;
  /** Copies the instance without its snapshots. A change alone does nothing. Default: false. */
  instanceOnly?: OptionalInput<boolean>;
}

/** A snapshot of an instance on the same server: a copy of that instance as of the snapshot. */
export interface InstanceSnapshotSource extends Only<"snapshot" | "project", SourceKey> {
  /** The snapshot as `instance/snapshot`. */
  snapshot: pulumi.Input<string>;
  /** Project of the instance. Default: that of the new one. */
  project?: OptionalInput<string>;
}

/**
 * A backup file from `incus export` or `lxc export`. The instance gets the backup's disk and MAC addresses; config,
 * devices and profiles come from the program. Different bytes in the file are a change of the source. Until the
 * instance is ready, it has a temporary name that begins with `pulumi-`.
 */
export interface InstanceBackupSource extends Only<"backup", SourceKey> {
  /** Path of the file on this machine, relative to the program's directory, or a file on a web server. */
  backup: pulumi.Input<string | WebFileArgs>;
}

export type InstanceSourceArgs =
  | InstanceImageSource
  | InstanceAliasSource
  | InstanceServerSource
  | InstanceCopySource
  | InstanceSnapshotSource
  | InstanceBackupSource;
