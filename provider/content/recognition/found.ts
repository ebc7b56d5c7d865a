// What a file can be recognised as.
import { type MetadataProblem } from "./image-metadata";

export const compressions = ["gzip", "xz", "bzip2", "zstd", "lzma", "lz4", "zip", "7z"] as const;
export type Compression = (typeof compressions)[number];

/** Formats of disks that have a signature; a raw disk has none. */
export const signedFormats = ["qcow2", "vmdk", "vdi", "vhd", "vhdx"] as const;
export type SignedFormat = (typeof signedFormats)[number];

/** What a disk needs besides its file. */
export type Lack =
  | { needs: "backing-file"; name: string }
  | { needs: "data-file"; name: string }
  | { needs: "key" }
  /** A VMDK that only describes its parts. */
  | { needs: "parts"; names: string[] }
  /** One of these parts. */
  | { needs: "description" };

export type Found =
  /** `inside`: what it contains, as far as this process can decompress it. */
  | { what: "compressed"; by: Compression; inside?: Found | undefined }
  | { what: "tarball"; holds: Tarball }
  /** `isRawToo`: a VHD of fixed size, which is a raw disk with one more sector. */
  | { what: "disk"; format: SignedFormat; lack?: Lack | undefined; isRawToo?: boolean | undefined }
  | { what: "raw-disk"; table: "MBR" | "GPT" }
  /** `isHybrid`: it has a partition table too, so it also boots as a disk. */
  | { what: "medium"; isHybrid: boolean }
  | { what: "squashfs" }
  | { what: "file-system"; name: string }
  | { what: "text"; as: TextKind }
  /** Its beginning contains only zeros. */
  | { what: "blank" }
  | { what: "unknown" };

export type TextKind = "html" | "xml" | "json" | "yaml" | "lfs" | "text";

/** Names are as in the tarball, without a leading `./`, unless stated otherwise. */
export interface Tarball {
  /** Whether the whole tarball was read; otherwise more may follow. */
  isComplete: boolean;
  /** Set if it contains `metadata.yaml`. */
  metadata?: { problems: MetadataProblem[] } | undefined;
  /** Set if it contains `rootfs/` or `rootfs.img`. */
  root?: { type: "container" } | { type: "virtual-machine"; disk: Found } | undefined;
  /** Set if it contains exactly `backup/index.yaml`, the only spelling that the daemons accept. */
  backup?: { type: string | undefined } | undefined;
  /** The folder that contains everything that belongs at the top: `exported/`, or `./` for a backup. */
  folder?: { path: string; holds: "image" | "backup" } | undefined;
  /** Whether it contains the description of an OVA. */
  isOva: boolean;
  /** The names of the VMDK files in it, if there are any. */
  vmdks?: string[] | undefined;
}
