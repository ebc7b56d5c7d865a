// Supported disk formats, and the name of each in qemu-img.

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
