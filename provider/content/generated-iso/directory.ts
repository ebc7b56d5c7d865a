// The folders of one namespace: their records and sizes in sectors.
import { encodeRecord, type Extent, headBytes, recordMax } from "./directory-record";
import { type NamedNode, type Namespace } from "./namespace";
import { continuation, continuationBytes, type SystemUse } from "./rock-ridge";
import { sectorBytes, sectorsFor } from "./sectors";
import { type FolderNode, type IsoNode } from "./tree";

export type FindExtent = (node: IsoNode) => Extent;

/** One record of a directory. */
interface DirectoryRecord {
  identifier: Buffer;
  node: IsoNode;
  use: SystemUse;
  /** In the directory. */
  offset: number;
  /** Offset of the overflow from the start of the directory's overflow area. */
  overflowOffset: number;
}

export interface Directory {
  folder: FolderNode;
  identifier: Buffer;
  /** Position in the path table, from 1. */
  number: number;
  parentNumber: number;
  records: DirectoryRecord[];
  /** Size of the records in whole sectors, without the overflow area that follows them. */
  sizeBytes: number;
  sectors: number;
}

const self = Buffer.from([0]);
const parent = Buffer.from([1]);

interface Found {
  folder: FolderNode;
  identifier: Buffer;
  parent: FolderNode;
  parentNumber: number;
}

/** All folders, level by level, in the order of the path table (ECMA-119 6.9.1). */
export function directoriesOf(root: FolderNode, names: Namespace): Directory[] {
  const found: Found[] = [{ folder: root, identifier: self, parent: root, parentNumber: 1 }];
  const directories: Directory[] = [];
  // The list grows during the iteration: children follow all folders of their parent's level.
  for (const each of found) {
    const entries = names.entriesOf(each.folder);
    const number = directories.length + 1;
    directories.push(pack({ ...each, number, records: recordsOf(each.folder, each.parent, entries, names) }));
    for (const { node, identifier } of entries) {
      if (node.kind === "folder") found.push({ folder: node, identifier, parent: each.folder, parentNumber: number });
    }
  }
  return directories;
}

function recordsOf(folder: FolderNode, above: FolderNode, entries: NamedNode[], names: Namespace): DirectoryRecord[] {
  const place = { offset: 0, overflowOffset: 0 };
  return [
    { identifier: self, node: folder, use: names.selfUse(folder, folder === above), ...place },
    { identifier: parent, node: above, use: names.selfUse(above, false), ...place },
    ...entries.map(({ node, identifier }) => {
      return { identifier, node, use: names.childUse(node, recordMax - headBytes(identifier)), ...place };
    }),
  ];
}

function recordBytes({ identifier, use }: DirectoryRecord): number {
  const useBytes = use.inline.length + (use.overflow === undefined ? 0 : continuationBytes);
  return (headBytes(identifier) + useBytes + 1) & ~1;
}

type Unpacked = Omit<Directory, "sizeBytes" | "sectors">;

/** Assigns offsets. Neither a record nor an overflow may cross a sector boundary. */
function pack(directory: Unpacked): Directory {
  let [end, overflowEnd] = [0, 0];
  for (const record of directory.records) {
    record.offset = placeFor(end, recordBytes(record));
    end = record.offset + recordBytes(record);
    const overflowBytes = record.use.overflow?.length ?? 0;
    record.overflowOffset = placeFor(overflowEnd, overflowBytes);
    if (overflowBytes > 0) overflowEnd = record.overflowOffset + overflowBytes;
  }
  const { folder, identifier, number, parentNumber, records } = directory;
  const sizeBytes = sectorsFor(end) * sectorBytes;
  const sectors = sectorsFor(end) + sectorsFor(overflowEnd);
  return { folder, identifier, number, parentNumber, records, sizeBytes, sectors };
}

function placeFor(end: number, sizeBytes: number): number {
  const left = sectorBytes - (end % sectorBytes);
  return sizeBytes <= left ? end : end + left;
}

/** Encodes a directory and its overflow area. */
export function encodeDirectory(directory: Directory, extentOf: FindExtent): Buffer {
  const encoded = Buffer.alloc(directory.sectors * sectorBytes);
  const overflowSector = extentOf(directory.folder).sector + sectorsFor(directory.sizeBytes);
  for (const { identifier, node, use, offset, overflowOffset } of directory.records) {
    const { overflow } = use;
    let inline = use.inline;
    if (overflow !== undefined) {
      const sector = overflowSector + Math.floor(overflowOffset / sectorBytes);
      inline = Buffer.concat([inline, continuation(sector, overflowOffset % sectorBytes, overflow.length)]);
      overflow.copy(encoded, directory.sizeBytes + overflowOffset);
    }
    encodeRecord({ identifier, extent: extentOf(node), isFolder: node.kind === "folder", inline }).copy(
      encoded,
      offset,
    );
  }
  return encoded;
}
