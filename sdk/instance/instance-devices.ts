// The devices of an instance as programs write them.
import type * as pulumi from "@pulumi/pulumi";
import type { IsoVolume } from "../iso-volume/iso-volume";

/** Config and device values; numbers and booleans are spelled out. */
export type Scalar = pulumi.Input<string | number | boolean>;

export interface RootDiskArgs {
  /** The storage pool. Another one moves the disk in place, for which a running machine needs `allowRestart`. */
  pool: pulumi.Input<string>;
  /**
   * e.g. `"10GiB"`; units B, kB, MB, GB, TB, KiB, MiB, GiB, TiB. Default: the pool's. Grows in place: under a running
   * virtual machine where the pool's driver can (ZFS, LVM), with `allowRestart` where it cannot (dir, btrfs, Ceph).
   */
  size?: pulumi.Input<string>;
  /** How the guest sees it: `virtio-scsi`, `virtio-blk`, `nvme`. Default: the server's. Needs `disk_io_bus`. */
  bus?: pulumi.Input<string>;
}

/** An ISO volume that is not a resource of this program. */
export interface VolumeReferenceArgs {
  pool: pulumi.Input<string>;
  name: pulumi.Input<string>;
}

interface AnyCdromArgs {
  /** Higher boots first; a root disk has 1 unless said otherwise. Default: no priority, after all that have one. */
  bootPriority?: pulumi.Input<number>;
  /** The device's name. Default: `cdrom0`, `cdrom1` … by position. */
  name?: pulumi.Input<string>;
  /**
   * What becomes of the medium when everything in `waitFor` has come: it stays as it is (`keep`, the default), loses its
   * boot priority (`unprioritize`), or is removed (`eject`), so that the next start boots what was installed. Changes
   * in place.
   */
  afterWaits?: pulumi.Input<"keep" | "unprioritize" | "eject">;
  /**
   * How the guest sees the drive. Default: the server's own, a SCSI CD drive, which every Linux installer reads; with
   * `os: "windows"`, `usb` where the server has it (extension `disk_io_bus_usb`), which Windows reads without drivers.
   */
  bus?: pulumi.Input<string>;
  /**
   * Whether the medium is in the drive; `false` ejects it, also while the machine runs. The empty drive stays where the
   * server can have one (extension `disk_attached`); else it goes too. Default: true. Changes in place.
   */
  attached?: pulumi.Input<boolean>;
}

/** An ISO volume in a drive: one of this program, or any by its name. */
export interface VolumeCdromArgs extends AnyCdromArgs {
  volume: pulumi.Input<IsoVolume | VolumeReferenceArgs>;
}

/** An ISO file of the server's host in a drive. */
export interface HostCdromArgs extends AnyCdromArgs {
  /** An absolute path that ends with `.iso`. */
  hostPath: pulumi.Input<string>;
}

export type CdromArgs = VolumeCdromArgs | HostCdromArgs;

interface DeviceArgs {
  /** The device's name. Default: by kind and position, e.g. `eth0`, `disk1`. */
  name?: pulumi.Input<string>;
  /** Other options, in the server's words. Numbers and booleans are spelled out. */
  options?: pulumi.Input<Record<string, Scalar>>;
}

interface CardArgs extends DeviceArgs {
  /** The hardware address. Default: the server's choice, which stays the same. */
  mac?: pulumi.Input<string>;
  /** A fixed address from the network's DHCP. */
  ipv4Address?: pulumi.Input<string>;
  ipv6Address?: pulumi.Input<string>;
  /** To boot from the network. Higher boots first. */
  bootPriority?: pulumi.Input<number>;
}

/** A card on a network that the server manages. */
export interface NetworkNicArgs extends CardArgs {
  /** Its name. One that does not exist is an error in the preview, unless this program makes it. */
  network: pulumi.Input<string>;
}

/** A card of a kind that the server knows: `bridged`, `macvlan`, `physical`, `p2p` … */
export interface PlainNicArgs extends CardArgs {
  nictype: pulumi.Input<string>;
  /** The host's interface, for the kinds that have one. Only the server can tell whether it is there. */
  parent?: pulumi.Input<string>;
}

export type NicArgs = NetworkNicArgs | PlainNicArgs;

interface AnyDiskArgs extends DeviceArgs {
  /** Where it is mounted; needed for file systems, not for block volumes. */
  path?: pulumi.Input<string>;
  /** Default: false. */
  readOnly?: pulumi.Input<boolean>;
  bus?: pulumi.Input<string>;
  /** Higher boots first. */
  bootPriority?: pulumi.Input<number>;
}

/** A custom volume of a storage pool, for file systems and block devices. */
export interface VolumeDiskArgs extends AnyDiskArgs {
  /** Its name. One that does not exist is an error in the preview, unless this program makes it. */
  volume: pulumi.Input<string>;
  pool: pulumi.Input<string>;
}

/** A folder, file or block device of the server's host. */
export interface HostDiskArgs extends AnyDiskArgs {
  hostPath: pulumi.Input<string>;
}

export type DiskArgs = VolumeDiskArgs | HostDiskArgs;
