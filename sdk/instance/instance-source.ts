// Argument types for the source of an instance.
import type * as pulumi from "@pulumi/pulumi";

/** An image in the instance's project, by its fingerprint. */
export interface InstanceImageSource {
  /** Fingerprint (64 hexadecimal digits) of the image, for example `image.fingerprint`. */
  image: pulumi.Input<string>;
}

/**
 * An image in the instance's project, by an alias. The alias is resolved when the instance is created. If it points to
 * another image later, that changes nothing unless `follow` is true.
 */
export interface InstanceAliasSource {
  /** The alias. */
  alias: pulumi.Input<string>;
  /**
   * Treats another image behind the alias as a change of the source. Every preview asks the server and shows such a
   * change. Default: false.
   */
  follow?: pulumi.Input<boolean>;
}

/**
 * An image from an image server, which LXD or Incus pulls and keeps in its cache. An alias is resolved when the
 * instance is created. To follow an alias or to share an image, use an `Image` with this source.
 */
export interface InstanceServerSource {
  /** URL of the image server: `https://…`. */
  server: pulumi.Input<string>;
  /** Protocol of the image server. `incus` and `lxd` are the same protocol; LXD accepts either name. */
  protocol: pulumi.Input<"simplestreams" | "incus" | "lxd">;
  /** An alias of the image. Specify either this or `fingerprint`. */
  alias?: pulumi.Input<string>;
  /** Fingerprint of the image. Specify either this or `alias`. */
  fingerprint?: pulumi.Input<string>;
  /**
   * The server's certificate as PEM text, if no trusted certificate authority has issued it. A change alone does
   * nothing.
   */
  certificate?: pulumi.Input<string>;
}

/**
 * A copy of another instance of the same type on the same server, with its disk and snapshots. Config, devices and
 * profiles come from the program, not from the other instance.
 */
export interface InstanceCopySource {
  /** Name of the other instance, for example `machine.name`. */
  instance: pulumi.Input<string>;
  /** Project of the other instance. Default: that of the new one. */
  project?: pulumi.Input<string>;
  /** Copies the instance without its snapshots. A change alone does nothing. Default: false. */
  instanceOnly?: pulumi.Input<boolean>;
}

/** A snapshot of an instance on the same server: a copy of that instance as of the snapshot. */
export interface InstanceSnapshotSource {
  /** The snapshot as `instance/snapshot`. */
  snapshot: pulumi.Input<string>;
  /** Project of the instance. Default: that of the new one. */
  project?: pulumi.Input<string>;
}

/**
 * A backup file from `incus export` or `lxc export`. The instance gets the backup's disk and MAC addresses; config,
 * devices and profiles come from the program. Different bytes in the file are a change of the source. Until the
 * instance is ready, it has a temporary name that begins with `pulumi-`.
 */
export interface InstanceBackupSource {
  /** Path of the file on this machine, relative to the program's directory. */
  backup: pulumi.Input<string>;
}

export type InstanceSourceArgs =
  | InstanceImageSource
  | InstanceAliasSource
  | InstanceServerSource
  | InstanceCopySource
  | InstanceSnapshotSource
  | InstanceBackupSource;
