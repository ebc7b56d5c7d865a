// Supported disk formats: how each is detected, and its name in qemu-img.
import { open } from "node:fs/promises";
import { LxdError } from "../../base/errors";

export const diskFormats = ["raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "ova"] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** The qemu-img driver of formats that it reads directly. */
export const driverOf: Record<DiskFormat, string> = {
  raw: "raw",
  qcow2: "qcow2",
  vmdk: "vmdk",
  vdi: "vdi",
  vhd: "vpc",
  vhdx: "vhdx",
  ova: "vmdk",
};

const installationMedia =
  "is installation media, not a disk; create an IsoVolume from it and boot a blank machine from that";
const machineParts = "is a kernel, ramdisk or root without a boot loader, which LXD and Incus cannot boot";

/** Formats that other clouds support, with advice for each. */
const otherFormats: Record<string, string> = {
  iso: installationMedia,
  aki: `${machineParts}; use an image of the whole disk`,
  ari: `${machineParts}; use an image of the whole disk`,
  ami: `${machineParts}; use an image of the whole disk`,
};

export function whyNoFormat(format: unknown): string {
  const why = typeof format === "string" ? otherFormats[format.toLowerCase()] : undefined;
  if (why !== undefined) return `"${String(format)}" ${why}`;
  return `must be ${diskFormats.map((each) => `"${each}"`).join(" or ")}, but is ${JSON.stringify(format)}`;
}

interface Signature {
  at: number;
  bytes: string;
}

/** Reliable signatures only: raw disks have none, and fixed VHDs have theirs at the end. */
const signatures: [DiskFormat, Signature][] = [
  ["qcow2", { at: 0, bytes: "QFI\xfb" }],
  ["vmdk", { at: 0, bytes: "KDMV" }],
  ["vmdk", { at: 0, bytes: "# Disk DescriptorFile" }],
  ["vdi", { at: 64, bytes: "\x7f\x10\xda\xbe" }],
  ["vhdx", { at: 0, bytes: "vhdxfile" }],
  ["vhd", { at: 0, bytes: "conectix" }],
  ["ova", { at: 257, bytes: "ustar" }],
];

/** The program sets the format; a file that is clearly in another format is an error. */
export async function requireFormat(path: string, format: DiskFormat): Promise<void> {
  const found = await diskFormatOf(path);
  const isFixedVhd = format === "vhd" && found === undefined;
  if (found === format || isFixedVhd || (format === "raw" && found === undefined)) return;
  const why =
    found === undefined ? `${path} is not a valid ${format} image` : `${path} is a ${found} image, not ${format}`;
  const advice = found === undefined ? "Set `format` to the format of the file." : `Set format: "${found}".`;
  throw new LxdError({ code: "invalid-argument", why, advice });
}

/** Undefined if there is no signature, as for raw disks. Any tarball has the signature of an OVA. */
export async function diskFormatOf(path: string): Promise<DiskFormat | undefined> {
  const file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(512), 0, 512, 0).finally(() => file.close());
  return signatures.find(([, { at, bytes }]) => buffer.toString("latin1", at, at + bytes.length) === bytes)?.[0];
}

/** A disk with a backing file is incomplete, and could refer to any file on this machine. */
export async function requireStandalone(path: string): Promise<void> {
  const file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0).finally(() => file.close());
  if (buffer.readBigUInt64BE(8) === 0n) return;
  const why = `${path} is an overlay over another disk`;
  const advice = "Merge both with `qemu-img convert -O qcow2` first.";
  throw new LxdError({ code: "invalid-argument", why, advice });
}
