// Encodes Rock Ridge (POSIX names and modes) as SUSP fields, which Linux reads.
import { both32 } from "./sectors";
import { recordTimestamp } from "./timestamp";
import { type IsoNode } from "./tree";

/** The part of a directory record after the name. */
export interface SystemUse {
  inline: Buffer;
  /** The part that did not fit, stored elsewhere and referenced by `continuation`. */
  overflow?: Buffer | undefined;
}

/** The length of the entry that references the overflow. */
export const continuationBytes = 28;

/** Signature, length, version, content (SUSP 4.1). */
function entry(signature: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from(signature, "latin1"), Buffer.from([4 + body.length, 1]), body]);
}

/** CE: the location of a record's overflow. */
export function continuation(sector: number, offset: number, sizeBytes: number): Buffer {
  return entry("CE", both32(sector), both32(offset), both32(sizeBytes));
}

/** SP: SUSP is in use. Must come first in the root's own record. */
const suspIndicator = entry("SP", Buffer.from([0xbe, 0xef, 0]));

/** ER: the extension in use (RRIP 1991A, the revision that every reader supports). */
const extensionReference = (() => {
  const id = "RRIP_1991A";
  const description = "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";
  const source =
    "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR " +
    "CONTACT INFORMATION.";
  const lengths = Buffer.from([id.length, description.length, source.length, 1]);
  return entry("ER", lengths, Buffer.from(id + description + source, "latin1"));
})();

/** TF: modification, access and attribute change. */
const times = entry("TF", Buffer.from([0x0e]), recordTimestamp, recordTimestamp, recordTimestamp);

/** PX: mode, links, owner, group. Readable and executable by everyone, as Linux treats media without Rock Ridge. */
function attributes(node: IsoNode): Buffer {
  const isFolder = node.kind === "folder";
  const links = isFolder ? 2 + node.children.filter((child) => child.kind === "folder").length : 1;
  return entry("PX", both32(isFolder ? 0o040555 : 0o100555), both32(links), both32(0), both32(0));
}

const nameEntryMax = 250;

/** NM: the name, split into entries; all but the last are marked as continued. */
function names(name: string): Buffer {
  const bytes = Buffer.from(name, "utf8");
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += nameEntryMax) {
    const isLast = at + nameEntryMax >= bytes.length;
    parts.push(entry("NM", Buffer.from([isLast ? 0 : 1]), bytes.subarray(at, at + nameEntryMax)));
  }
  return Buffer.concat(parts);
}

/** The fields of a folder's `.` or `..` record. */
export function selfFields(folder: IsoNode, isRootItself: boolean): SystemUse {
  const common = Buffer.concat([attributes(folder), times]);
  if (!isRootItself) return { inline: common };
  return { inline: Buffer.concat([suspIndicator, common]), overflow: extensionReference };
}

/** The fields of a child's record, of which `room` bytes fit into the record. */
export function childFields(node: IsoNode, room: number): SystemUse {
  const common = Buffer.concat([attributes(node), times]);
  const name = names(node.name);
  if (common.length + name.length <= room) return { inline: Buffer.concat([common, name]) };
  return { inline: common, overflow: name };
}
