// Volume descriptors: the location of each namespace and the name of the volume.
import { encodeRecord, type Extent } from "./directory-record";
import { type Namespace } from "./namespace";
import { both16, both32, sectorBytes } from "./sectors";
import { noTimestamp, volumeTimestamp } from "./timestamp";

export interface DescriptorFields {
  /** 1 for the primary descriptor, 2 for a supplementary one (Joliet). */
  type: 1 | 2;
  names: Namespace;
  label: string;
  volumeSectors: number;
  root: Extent;
  pathTable: { sizeBytes: number; littleEndianSector: number; bigEndianSector: number };
}

/** Escape sequence for UCS-2 level 3, which identifies Joliet. */
const jolietEscape = Buffer.from("%/E", "latin1");

/** ECMA-119 8.4 and 8.5: both have the same fields. */
export function encodeDescriptor({ type, names, label, volumeSectors, root, pathTable }: DescriptorFields): Buffer {
  const sector = frame(type);
  names.text("", 32).copy(sector, 8);
  names.text(label, 32).copy(sector, 40);
  both32(volumeSectors).copy(sector, 80);
  if (type === 2) jolietEscape.copy(sector, 88);
  both16(1).copy(sector, 120);
  both16(1).copy(sector, 124);
  both16(sectorBytes).copy(sector, 128);
  both32(pathTable.sizeBytes).copy(sector, 132);
  sector.writeUInt32LE(pathTable.littleEndianSector, 140);
  sector.writeUInt32BE(pathTable.bigEndianSector, 148);
  encodeRecord({ identifier: Buffer.from([0]), extent: root, isFolder: true, inline: Buffer.alloc(0) }).copy(
    sector,
    156,
  );
  putNames(sector, names);
  [volumeTimestamp, volumeTimestamp, noTimestamp, noTimestamp].forEach((time, i) => time.copy(sector, 813 + 17 * i));
  sector.writeUInt8(1, 881);
  return sector;
}

/** Volume set, publisher, preparer, application; then the names of three files that do not exist. */
function putNames(sector: Buffer, names: Namespace): void {
  [190, 318, 446].forEach((offset) => names.text("", 128).copy(sector, offset));
  names.text("PULUMI-LXD", 128).copy(sector, 574);
  [702, 739, 776].forEach((offset) => names.text("", 37).copy(sector, offset));
}

/** The end of the descriptor list (ECMA-119 8.3). */
export function encodeTerminator(): Buffer {
  return frame(255);
}

function frame(type: number): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.writeUInt8(type, 0);
  sector.write("CD001", 1, "latin1");
  sector.writeUInt8(1, 6);
  return sector;
}
