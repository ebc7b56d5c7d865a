// The two namespaces of an image: primary with Rock Ridge, and Joliet. Both refer to the same files.
import { isoIdentifiers } from "./iso-names";
import { childFields, selfFields, type SystemUse } from "./rock-ridge";
import { byCodeUnits, type FolderNode, type IsoNode } from "./tree";

export interface NamedNode {
  node: IsoNode;
  identifier: Buffer;
}

export interface Namespace {
  /** The children of a folder with their names in this namespace, in the order required by the standard. */
  entriesOf: (folder: FolderNode) => NamedNode[];
  /** The system use of a folder's own record `.`, or of the parent record `..`. */
  selfUse: (folder: FolderNode, isRootItself: boolean) => SystemUse;
  /** The system use of a child's record, limited to `room` bytes within the record. */
  childUse: (node: IsoNode, room: number) => SystemUse;
  /** A text field of a descriptor, padded. */
  text: (text: string, sizeBytes: number) => Buffer;
}

const nothing: SystemUse = { inline: Buffer.alloc(0) };

export const primary: Namespace = {
  entriesOf: (folder) => {
    const named = [...isoIdentifiers(folder.children)].sort(([, a], [, b]) => byCodeUnits(a, b));
    return named.map(([node, identifier]) => ({ node, identifier: Buffer.from(identifier, "latin1") }));
  },
  selfUse: selfFields,
  childUse: childFields,
  text: (text, sizeBytes) => Buffer.from(text.padEnd(sizeBytes, " "), "latin1"),
};

export const joliet: Namespace = {
  entriesOf: (folder) => {
    const sorted = [...folder.children].sort((a, b) => byCodeUnits(sortKey(a.name), sortKey(b.name)));
    return sorted.map((node) => ({ node, identifier: ucs2(node.name) }));
  },
  selfUse: () => nothing,
  childUse: () => nothing,
  // A field of odd length ends with a zero byte.
  text: (text, sizeBytes) => Buffer.concat([ucs2(text.padEnd(sizeBytes >> 1, " ")), Buffer.alloc(sizeBytes & 1)]),
};

/** Names are compared first without extension (ECMA-119 9.3), which equals treating the dot as the lowest character. */
function sortKey(name: string): string {
  return name.replaceAll(".", "\0");
}

/** Big-endian UTF-16, which Windows reads although Joliet specifies UCS-2. */
function ucs2(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}
