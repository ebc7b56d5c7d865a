// Turns a disk into a virtual machine image: generates metadata and converts every format except qcow2.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSource, type SourceExpectation } from "../open-source";
import { reader, withProgress } from "../progress";
import { diskProblem } from "../recognition/disk-problem";
import { recogniseFile } from "../recognition/local-file";
import { type Call, isOnWeb, sourceContent, type SourceFile } from "../source-file";
import { expandPath } from "../local-file/file";
import { type ImageContent } from "./image-content";
import { splitContent } from "./split-image";
import { bytesPart, filePart } from "./split-part";
import { convertToQcow2 } from "./convert";
import { type DiskFormat } from "./formats";
import { type ImageDescription } from "./image-description";
import { metadataTarball } from "./metadata";

export interface DiskImage {
  disk: SourceFile;
  format: DiskFormat;
  description: ImageDescription;
}

/** The image, with generated files in a temporary folder that `dispose` deletes. */
export async function diskContent({ disk, format, description }: DiskImage, call: Call): Promise<ImageContent> {
  const metadata = bytesPart("metadata.tar", metadataTarball(description));
  const problemOf: SourceExpectation["problemOf"] = (subject) => diskProblem(subject, format);
  const expected: SourceExpectation = { file: disk, problemOf, isUnpacked: true };
  const reading = reader(call, `hashing ${isOnWeb(disk) ? "the disk" : disk}`);
  if (format === "qcow2") {
    return splitContent({ metadata, rootfs: await filePart(expected, call), isVirtualMachine: true }, reading);
  }
  const folder = await mkdtemp(join(tmpdir(), "pulumi-lxd-disk-"));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const to = join(folder, "disk.qcow2");
    const from = await plainFile(expected, folder, call);
    await convertToQcow2({ from, format, to, status: call.status, signal: call.signal });
    if (from.startsWith(folder)) await rm(from);
    const rootfs = await filePart({ file: to, problemOf: () => undefined }, call);
    return { ...(await splitContent({ metadata, rootfs, isVirtualMachine: true }, reading)), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** `qemu-img` needs a file without compression, in which it can read anywhere. */
async function plainFile(expected: SourceExpectation, folder: string, call: Call): Promise<string> {
  const { file } = expected;
  if (!isOnWeb(file) && (await recogniseFile(file)).what !== "compressed") return expandPath(file);
  const to = join(folder, "disk");
  const verb = isOnWeb(file) ? "downloading" : "decompressing";
  const opened = withProgress(await openSource(await sourceContent(file, call), expected), verb, call.status);
  await writeFile(to, opened.stream, { signal: call.signal });
  return to;
}
