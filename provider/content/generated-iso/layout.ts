// Lays out an image: descriptors, path tables, folders and files, in this order and without gaps.
import { directoriesOf, type Directory, type FindExtent } from "./directory";
import { type Extent } from "./directory-record";
import { joliet, type Namespace, primary } from "./namespace";
import { pathTableBytes } from "./path-table";
import { sectorsFor } from "./sectors";
import { type FileNode, type FolderNode, type IsoNode } from "./tree";

export interface PathTablePlace {
  sizeBytes: number;
  littleEndianSector: number;
  bigEndianSector: number;
}

/** One namespace with its locations. */
export interface Hierarchy {
  names: Namespace;
  directories: Directory[];
  pathTable: PathTablePlace;
  extentOf: FindExtent;
}

export interface SizedFile {
  node: FileNode;
  sizeBytes: number;
}

export interface Layout {
  primary: Hierarchy;
  joliet: Hierarchy;
  files: readonly SizedFile[];
  /** Size of the whole volume. */
  sectors: number;
}

/** Reserved for boot code, which generated images do not have. */
export const systemSectors = 16;

/** Primary, Joliet, terminator. */
const descriptorSectors = 3;

/** Allocates the next free sectors; returns the first. */
type Take = (sectors: number) => number;

type Extents = Map<IsoNode, Extent>;

export function planLayout(root: FolderNode, files: readonly SizedFile[]): Layout {
  let next = systemSectors + descriptorSectors;
  const take: Take = (sectors) => {
    next += sectors;
    return next - sectors;
  };
  const [names, longNames] = [directoriesOf(root, primary), directoriesOf(root, joliet)];
  const [table, longTable] = [placePathTable(names, take), placePathTable(longNames, take)];
  const [folders, longFolders] = [placeFolders(names, take), placeFolders(longNames, take)];
  const data = placeFiles(files, take);
  return {
    primary: { names: primary, directories: names, pathTable: table, extentOf: finder(folders, data) },
    joliet: { names: joliet, directories: longNames, pathTable: longTable, extentOf: finder(longFolders, data) },
    files,
    sectors: next,
  };
}

function placePathTable(directories: readonly Directory[], take: Take): PathTablePlace {
  const sizeBytes = pathTableBytes(directories);
  const sectors = sectorsFor(sizeBytes);
  return { sizeBytes, littleEndianSector: take(sectors), bigEndianSector: take(sectors) };
}

function placeFolders(directories: readonly Directory[], take: Take): Extents {
  return new Map(directories.map(({ folder, sectors, sizeBytes }) => [folder, { sector: take(sectors), sizeBytes }]));
}

function placeFiles(files: readonly SizedFile[], take: Take): Extents {
  return new Map(files.map(({ node, sizeBytes }) => [node, { sector: take(fileSectors(sizeBytes)), sizeBytes }]));
}

/** An empty file also gets a sector: some readers treat two files at one location as the same. */
export function fileSectors(sizeBytes: number): number {
  return Math.max(1, sectorsFor(sizeBytes));
}

function finder(folders: Extents, files: Extents): FindExtent {
  return (node) => {
    const extent = folders.get(node) ?? files.get(node);
    if (extent === undefined) throw new Error(`${node.path} has no place in the image`);
    return extent;
  };
}
