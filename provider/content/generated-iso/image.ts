// Writes an image from its layout in pieces: at most one folder and one chunk of a file are in memory.
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
  for (const file of files) yield* fileBytes(file, hashes);
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
async function* fileBytes({ node, sizeBytes }: SizedFile, hashes: Map<FileNode, string>): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  for await (const chunk of bytesOf(node, sizeBytes)) {
    hash.update(chunk);
    yield chunk;
  }
  const sha256 = hash.digest("hex");
  if ((hashes.get(node) ?? sha256) !== sha256) throw changed(node.path);
  hashes.set(node, sha256);
  const padding = fileSectors(sizeBytes) * sectorBytes - sizeBytes;
  if (padding > 0) yield Buffer.alloc(padding);
}
