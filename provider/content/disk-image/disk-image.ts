// Turns a disk into a virtual machine image: generates metadata and converts every format except qcow2.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Reader } from "../content";
import { expandPath, fileContent } from "../local-file/file";
import { type ImageContent } from "./image-content";
import { splitContent } from "./split-image";
import { convertToQcow2, requireQemuImg } from "./convert";
import { type DiskFormat } from "./formats";
import { metadataTarball } from "./metadata";

export interface DiskImage {
  disk: string;
  format: DiskFormat;
  architecture: string;
}

export interface Reporting {
  status: (text: string) => void;
  reader: Reader;
}

/** Checks that this machine can convert a disk; returns its hash. */
export async function inspectDisk({ disk, format }: DiskImage, reader: Reader): Promise<string> {
  const { digest } = await fileContent(disk, reader);
  if (format !== "qcow2") await requireQemuImg();
  return digest;
}

/** The image, with generated files in a temporary folder that `dispose` deletes. */
export async function diskContent(image: DiskImage, { status, reader }: Reporting): Promise<ImageContent> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-lxd-disk-"));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const metadata = join(folder, "metadata.tar");
    await writeFile(metadata, metadataTarball(image.architecture));
    const content = await splitContent({ metadata, rootfs: await toQcow2(), isVirtualMachine: true }, reader);
    return { ...content, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }

  async function toQcow2(): Promise<string> {
    const from = expandPath(image.disk);
    if (image.format === "qcow2") return from;
    const to = join(folder, "disk.qcow2");
    await convertToQcow2({ from, format: image.format, to, status, signal: reader.signal });
    return to;
  }
}
