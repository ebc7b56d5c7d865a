// Files that are mistaken for something else, and what the preview says of each.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "../../../embedded/images/tar";
import { tinyImage, tinyIso, tinyMetadata, tinySplitImage } from "../harness";
import { type KindName } from "../../../sdk/resource/resource";

export type Mistake = [
  title: string,
  kind: KindName,
  args: Record<string, unknown>,
  property: string,
  reason: RegExp,
  needs?: string[],
];

export const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-mistaken-"));
const at = (name: string): string => join(dir, name);

/** The header of a qcow2; of a disk that needs another file, with its name. */
function qcow2({ backing = "", isDataElsewhere = false } = {}): Buffer {
  const head = Buffer.alloc(65_536);
  head.write("QFI\xfb", 0, "latin1");
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(backing === "" ? 0n : 1024n, 8);
  head.writeUInt32BE(backing.length, 16);
  head.write(backing, 1024);
  head.writeBigUInt64BE(isDataElsewhere ? 4n : 0n, 72);
  head.writeUInt32BE(104, 100);
  return head;
}

/** Empty where this machine has not the program. */
const packed = (program: string, bytes: Buffer): Buffer =>
  (spawnSync(program, ["-c"], { input: bytes, maxBuffer: 2 ** 26 }) as { stdout: Buffer | null }).stdout ??
  Buffer.alloc(0);
const or = (real: Buffer, fake: string): Buffer => (real.length > 0 ? real : Buffer.from(fake, "latin1"));

const image = (metadata: string): Buffer => tinyImage({ metadata, withoutBusybox: true });
const date = "creation_date: 1600000000\n";

const files: Record<string, () => Buffer | string> = {
  "debian.iso.bz2": () => or(packed("bzip2", tinyIso()), `BZh91AY&SY${"\x80".repeat(500)}`),
  "login.iso": () => "<!DOCTYPE html><title>Log in</title>",
  "lfs.iso": () => `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 700000000\n`,
  "disk.raw.zip": () => Buffer.from(`PK\x03\x04${"\x80".repeat(500)}`, "latin1"),
  "disk.qcow2.gz": () => gzipSync(qcow2()),
  "page.raw": () => "<html><body>404 Not Found</body></html>",
  "cloud.img": () => qcow2(),
  "overlay.qcow2": () => qcow2({ backing: "base.qcow2" }),
  "data.qcow2": () => qcow2({ isDataElsewhere: true }),
  "metadata.tar.gz": () => tinySplitImage().metadata,
  "metadata.yaml": () => tinyMetadata(),
  "repacked.tar": () =>
    packTar([
      { path: "exported/" },
      { path: "exported/metadata.yaml", content: tinyMetadata() },
      { path: "exported/rootfs/" },
    ]),
  "image.tar.gz": () => tinyImage({ withoutBusybox: true }),
  "medium.iso": () => tinyIso(),
  "milliseconds.tar.gz": () => image("architecture: x86_64\ncreation_date: 1735689600000\n"),
  "no-date.tar.gz": () => image("architecture: x86_64\n"),
  "nested.tar.gz": () => image(`architecture: x86_64\n${date}properties:\n  os: [debian, ubuntu]\n`),
  "late.tar.gz": () => image(`architecture: x86_64\n${date}expiry_date: 253402300800\n`),
  "no-architecture.tar.gz": () => image(`${date}architecture: x64\n`),
  "no-yaml.tar.gz": () => image("architecture: x86_64: amd64\n"),
  "empty.tar.gz": () => image(""),
  "instance.tar": () => packTar([{ path: "backup/index.yaml", content: "name: a\ntype: container\n" }]),
  "two-disks.ova": () =>
    packTar([{ path: "a.ovf", content: "<Envelope/>" }, { path: "a.vmdk", content: "KDMV" }, { path: "b.vmdk" }]),
  "volume.tar": () => packTar([{ path: "backup/index.yaml", content: "name: a\ntype: custom\n" }]),
  "repacked-backup.tar": () => packTar([{ path: "./backup/index.yaml", content: "name: a\ntype: container\n" }]),
};

export function makeMistakenFiles(): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(at("work"), { recursive: true });
  for (const [name, make] of Object.entries(files)) writeFileSync(at(name), make());
}

export function removeMistakenFiles(): void {
  rmSync(dir, { recursive: true });
}

const iso = (file: string): Record<string, unknown> => ({ pool: "default", source: { file: at(file) } });
const unified = (file: string): Record<string, unknown> => ({ source: { file: at(file) } });
const disk = (file: string, format: string): Record<string, unknown> => ({ source: { disk: at(file), format } });
const split = (metadata: string, rootfs: string, type?: string): Record<string, unknown> => ({
  source: { metadata: at(metadata), rootfs: at(rootfs), ...(type !== undefined && { type }) },
});
const restored = (file: string): Record<string, unknown> => ({
  source: { backup: at(file) },
  rootDisk: { pool: "default" },
});
const volume = (file: string): Record<string, unknown> => ({ pool: "default", source: { backup: at(file) } });

const isoVolumes: Mistake[] = (
  [
    [
      "a compressed ISO image",
      "debian.iso.bz2",
      /is compressed with bzip2, not an ISO[^]*`bunzip2 .*debian\.iso\.bz2`/,
    ],
    ["a login page as an ISO image", "login.iso", /is an HTML page, not an ISO[^]*login or error page/],
    ["a pointer of Git LFS", "lfs.iso", /is a pointer of Git LFS, not an ISO[^]*git lfs pull/],
    ["a disk as an ISO image", "cloud.img", /is a qcow2 disk, not an ISO[^]*an Image with source: { disk: /],
    [
      "an image as an ISO image",
      "image.tar.gz",
      /is an image of a container, compressed with gzip, not an ISO[^]*source: { file: /,
    ],
  ] as const
).map(([title, file, reason]) => [title, "IsoVolume", iso(file), "source.file", reason, ["custom_volume_iso"]]);

const disks: Mistake[] = (
  [
    ["a disk in a zip archive", "disk.raw.zip", "raw", /is a zip archive, not a raw disk[^]*unzip/],
    [
      "a compressed qcow2 as a raw disk",
      "disk.qcow2.gz",
      "raw",
      /is a qcow2 disk, compressed with gzip, not a raw disk[^]*format: "qcow2"/,
    ],
    ["an HTML page as a disk", "page.raw", "raw", /is an HTML page, not a raw disk[^]*error page/],
    ["an ISO image as a disk", "medium.iso", "raw", /is installation media [^]*not a raw disk[^]*IsoVolume/],
    ["an image as a disk", "image.tar.gz", "raw", /is an image of a container, compressed with gzip, not a raw disk/],
    [
      "an OVA with two disks",
      "two-disks.ova",
      "ova",
      /has 2 disks \(a\.vmdk, b\.vmdk\)[^]*`tar -xf .*two-disks\.ova`[^]*source: { disk: "a\.vmdk", format: "vmdk" }/,
    ],
    ["a disk over another disk", "overlay.qcow2", "qcow2", /is an overlay over another disk \(base.qcow2\)[^]*convert/],
    ["a disk with its data elsewhere", "data.qcow2", "qcow2", /keeps its data in another file[^]*qemu-img convert/],
  ] as const
).map(([title, file, format, reason]) => [title, "Image", disk(file, format), "source.disk", reason]);

const images: Mistake[] = (
  [
    ["a cloud image as an image", "cloud.img", /is a qcow2 disk, not an image tarball[^]*format: "qcow2"/],
    [
      "metadata alone as an image",
      "metadata.tar.gz",
      /is the metadata tarball of a split image[^]*{ metadata: .*, rootfs }/,
    ],
    ["metadata.yaml as an image", "metadata.yaml", /is YAML text, not an image tarball[^]*Pack metadata.yaml/],
    [
      "an image packed with its folder",
      "repacked.tar",
      /is a tarball with an image in exported\/[^]*tar -xf .*repacked\.tar && tar -C exported\//,
    ],
    [
      "a backup as an image",
      "instance.tar",
      /is a backup of an instance, not an image[^]*an Instance with source: { backup/,
    ],
    [
      "a date in milliseconds",
      "milliseconds.tar.gz",
      /metadata.yaml in [^]*creation_date: 1735689600000 is[^]*1735689600\./,
    ],
    ["no date", "no-date.tar.gz", /metadata.yaml in .*: creation_date: is required/],
    ["a list in properties", "nested.tar.gz", /properties\.os: must be a text, but is a list/],
    ["an expiry after the year 9999", "late.tar.gz", /expiry_date: 253402300800 is after the year 9999/],
    ["an unknown architecture", "no-architecture.tar.gz", /architecture: "x64" is not an architecture/],
    ["metadata that is no YAML", "no-yaml.tar.gz", /metadata.yaml in .* is not valid YAML: line 1/],
    ["empty metadata", "empty.tar.gz", /metadata.yaml in .* is empty/],
  ] as const
).map(([title, file, reason]) => [title, "Image", unified(file), "source.file", reason]);

const others: Mistake[] = [
  [
    "a qcow2 root without a type",
    "Image",
    split("metadata.tar.gz", "cloud.img"),
    "source.rootfs",
    /is a qcow2 disk, the root of a virtual machine[^]*type: "virtual-machine"/,
  ],
  [
    "an overlay as the root of a machine",
    "Image",
    split("metadata.tar.gz", "overlay.qcow2", "virtual-machine"),
    "source.rootfs",
    /is an overlay over another disk/,
  ],
  [
    "metadata.yaml instead of its tarball",
    "Image",
    split("metadata.yaml", "cloud.img", "virtual-machine"),
    "source.metadata",
    /is YAML text, not a tarball with metadata.yaml[^]*tar -C .* -czf metadata/,
  ],
  [
    "an expiry after the year 9999 in UTC",
    "Image",
    { ...unified("image.tar.gz"), expiresAt: "9999-12-31T23:30:00-01:00" },
    "expiresAt",
    /must be in the years 0 to 9999 in UTC/,
  ],
  [
    "a disk as a backup",
    "Instance",
    restored("cloud.img"),
    "source.backup",
    /is a qcow2 disk, not a backup of an inst/,
  ],
  [
    "a volume as an instance",
    "Instance",
    restored("volume.tar"),
    "source.backup",
    /is a backup of a storage volume, not/,
  ],
  [
    "the backup of a container as a virtual machine",
    "Instance",
    { ...restored("instance.tar"), type: "virtual-machine" },
    "source.backup",
    /is one of a container, not of a virtual-machine[^]*type: "container"/,
  ],
  [
    "a backup that was packed again",
    "Instance",
    restored("repacked-backup.tar"),
    "source.backup",
    /is a tarball with a backup in \.\/, not[^]*tar -C \.\/ -cf backup\.tar backup`/,
  ],
  ...(["instance.tar", "cloud.img", "medium.iso"] as const).map((file): Mistake => [
    `${file} as a backup of a volume`,
    "StorageVolume",
    volume(file),
    "source.backup",
    /not a backup of a storage volume/,
    ["custom_volume_backup"],
  ]),
];

export const fileMistakes: Mistake[] = [...isoVolumes, ...disks, ...images, ...others];
