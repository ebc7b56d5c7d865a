// The two name spaces of an image: the primary one with Rock Ridge, and Joliet's beside it. Both lead to the same files.
import { isoIdentifiers } from "./iso-names";
import { childFields, selfFields, type SystemUse } from "./rock-ridge";
import { byCodeUnits, type FolderNode, type IsoNode } from "./tree";

export interface NamedNode {
  node: IsoNode;
  identifier: Buffer;
}

export interface Namespace {
  /** The children of a folder as they are called here, in the order that the standard wants. */
  entriesOf: (folder: FolderNode) => NamedNode[];
  /** What is said of a folder in its own record `.`, or as the parent `..` of another. */
  selfUse: (folder: FolderNode, isRootItself: boolean) => SystemUse;
  /** What is said of a child beside its name, in as many bytes as its record has left. */
  childUse: (node: IsoNode, room: number) => SystemUse;
  /** A descriptor's text field, padded. */
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
  // A field of an odd length ends with a lone zero byte.
  text: (text, sizeBytes) => Buffer.concat([ucs2(text.padEnd(sizeBytes >> 1, " ")), Buffer.alloc(sizeBytes & 1)]),
};

/** Names compare without their extensions first (ECMA-119 9.3), as they do when the dot is the lowest character. */
function sortKey(name: string): string {
  return name.replaceAll(".", "\0");
}

/** Big-endian UTF-16, which is what Windows reads although Joliet says UCS-2. */
function ucs2(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}
