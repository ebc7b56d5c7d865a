// Writes an image from its layout in pieces: at most one folder, one chunk of a large file and some small files are in
// memory.
import { createHash } from "node:crypto";
import { encodeDirectory } from "./directory";
import { bytesOf, changed } from "./file-bytes";
import { jolietLabelMax } from "./label";
import { fileSectors, type Hierarchy, type Layout, type SizedFile, systemSectors } from "./layout";
import { encodePathTable } from "./path-table";
import { sectorBytes, sectorsFor } from "./sectors";
import { encodeDescriptor, encodeTerminator } from "./volume-descriptor";
import { type FileNode } from "./tree";

export interface Image {
  label: string;
  layout: Layout;
  /** The SHA-256 of each file, recorded on the first read and verified on later reads. */
  hashes: Map<FileNode, string>;
}

/** All bytes of the image, in order. */
export async function* imageBytes({ label, layout, hashes }: Image): AsyncGenerator<Buffer, void> {
  const { primary, joliet, files, sectors } = layout;
  yield Buffer.alloc(systemSectors * sectorBytes);
  yield descriptor(1, primary, label, sectors);
  yield descriptor(2, joliet, label, sectors);
  yield encodeTerminator();
  for (const hierarchy of [primary, joliet]) yield* pathTables(hierarchy);
  for (const { directories, extentOf } of [primary, joliet]) {
    for (const directory of directories) yield encodeDirectory(directory, extentOf);
  }
  yield* allFiles(files, hashes);
}

/** Files up to this size are read ahead: opening, reading and closing each in turn would mostly wait for the disk. */
const smallBytes = 64 * 1024;
const aheadCount = 16;

async function* allFiles(files: readonly SizedFile[], hashes: Map<FileNode, string>): AsyncGenerator<Buffer, void> {
  const reading: Promise<Buffer[]>[] = [];
  for (const [at, file] of files.entries()) {
    for (const next of files.slice(reading.length, at + aheadCount)) reading.push(readAhead(next));
    const chunks = await reading[at];
    // Read once, and not kept.
    reading[at] = Promise.resolve([]);
    yield* fileBytes(file, chunks?.length === 0 ? bytesOf(file.node, file.sizeBytes) : (chunks ?? []), hashes);
  }
}

/** The chunks of a small file; none of a large one. A failure is reported when the file is reached. */
function readAhead({ node, sizeBytes }: SizedFile): Promise<Buffer[]> {
  const reading = sizeBytes > smallBytes ? Promise.resolve([]) : collect(bytesOf(node, sizeBytes));
  reading.catch(() => undefined);
  return reading;
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

function descriptor(
  type: 1 | 2,
  { names, pathTable, directories, extentOf }: Hierarchy,
  label: string,
  sectors: number,
) {
  const [root] = directories;
  if (root === undefined) throw new Error("a volume has a root");
  const volumeLabel = label.slice(0, type === 1 ? undefined : jolietLabelMax);
  return encodeDescriptor({
    type,
    names,
    label: volumeLabel,
    volumeSectors: sectors,
    root: extentOf(root.folder),
    pathTable,
  });
}

function* pathTables({ directories, extentOf }: Hierarchy): Generator<Buffer, void> {
  for (const order of ["LE", "BE"] as const) {
    const table = encodePathTable(directories, extentOf, order);
    yield Buffer.concat([table], sectorsFor(table.length) * sectorBytes);
  }
}

/** One file, padded to whole sectors. */
async function* fileBytes(
  { node, sizeBytes }: SizedFile,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  hashes: Map<FileNode, string>,
): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  const sha256 = hash.digest("hex");
  if ((hashes.get(node) ?? sha256) !== sha256) throw changed(node.path);
  hashes.set(node, sha256);
  const padding = fileSectors(sizeBytes) * sectorBytes - sizeBytes;
  if (padding > 0) yield Buffer.alloc(padding);
}
