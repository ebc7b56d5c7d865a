// What an instance can be made from, as programs write it.
import type * as pulumi from "@pulumi/pulumi";

export interface InstanceImageSource {
  /** Fingerprint (64 hexadecimal digits) of an image in the instance's project, e.g. `image.fingerprint`. */
  image: pulumi.Input<string>;
}

/**
 * An image of the project by one of its names. The instance is made from what the alias names then; that it names another
 * image later changes nothing, unless `follow` is true.
 */
export interface InstanceAliasSource {
  alias: pulumi.Input<string>;
  /**
   * Whether another image under that name is a change of the source, which the preview shows: the server is asked in each
   * of them. Default: false.
   */
  follow?: pulumi.Input<boolean>;
}

/**
 * An image of an image server, which the daemon pulls and keeps in its cache. The instance is made from what the alias
 * names then. To follow an alias, or to share an image, use an `Image` with this source.
 */
export interface InstanceServerSource {
  /** `https://…` of the server. */
  server: pulumi.Input<string>;
  /** What it speaks; `incus` and `lxd` are one protocol, and LXD takes either. */
  protocol: pulumi.Input<"simplestreams" | "incus" | "lxd">;
  /** Either this or `fingerprint`. */
  alias?: pulumi.Input<string>;
  fingerprint?: pulumi.Input<string>;
  /** Text of the server's certificate (PEM), if no CA vouches for it. A change of it alone does nothing. */
  certificate?: pulumi.Input<string>;
}

/**
 * Another instance of the same server, of the same type. The copy has its disk, and snapshots; config, devices and
 * profiles are those of the program, not those of the other instance.
 */
export interface InstanceCopySource {
  /** The instance's name, e.g. `machine.name`. */
  instance: pulumi.Input<string>;
  /** Its project. Default: that of the new one. */
  project?: pulumi.Input<string>;
  /** Leave its snapshots out. A change of it alone does nothing. Default: false. */
  instanceOnly?: pulumi.Input<boolean>;
}

/** A snapshot of an instance of the same server: like a copy of the instance as it was then. */
export interface InstanceSnapshotSource {
  /** `instance/snapshot`. */
  snapshot: pulumi.Input<string>;
  /** The instance's project. Default: that of the new one. */
  project?: pulumi.Input<string>;
}

/**
 * A backup file, as `incus export` and `lxc export` write it. The instance has the backup's disk and hardware addresses;
 * config, devices and profiles are those of the program. Other bytes in the file are a change of the source. Until it is
 * ready, it has a name of its own, which begins with `pulumi-`.
 */
export interface InstanceBackupSource {
  /** A path on this machine, relative to the program's folder. */
  backup: pulumi.Input<string>;
}

export type InstanceSourceArgs =
  | InstanceImageSource
  | InstanceAliasSource
  | InstanceServerSource
  | InstanceCopySource
  | InstanceSnapshotSource
  | InstanceBackupSource;
