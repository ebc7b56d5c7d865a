// Writes the smallest ISO 9660 image that counts as bootable: an empty volume with an El Torito boot record.
import { writeFileSync } from "node:fs";

const sectorBytes = 2048;
/** The sector of each part; ISO 9660 and El Torito define the first two, the others follow. */
const at = { descriptor: 16, bootRecord: 17, terminator: 18, pathTableL: 19, pathTableM: 20, root: 21, catalog: 22 };
const bootImage = 23;
const totalSectors = 24;
const rootRecordBytes = 34;
const pathTableBytes = 10;

/**
 * @param {string} file
 * @param {string} label up to 32 of A-Z, 0-9 and _
 */
export function writeTinyIso(file, label) {
  const image = Buffer.alloc(totalSectors * sectorBytes);
  const sector = (index) => image.subarray(index * sectorBytes, (index + 1) * sectorBytes);
  primaryDescriptor(sector(at.descriptor), label);
  bootRecord(sector(at.bootRecord));
  header(sector(at.terminator), 255);
  pathTable(sector(at.pathTableL), "LE");
  pathTable(sector(at.pathTableM), "BE");
  directoryRecord(sector(at.root), 0);
  directoryRecord(sector(at.root).subarray(rootRecordBytes), 1);
  bootCatalog(sector(at.catalog));
  // On a PC: disable interrupts, halt.
  sector(bootImage).set([0xfa, 0xf4]);
  writeFileSync(file, image);
}

/** The start of every volume descriptor. */
function header(sector, type) {
  sector.writeUInt8(type, 0);
  sector.write("CD001", 1, "latin1");
  sector.writeUInt8(1, 6);
}

function primaryDescriptor(sector, label) {
  header(sector, 1);
  text(sector, 8, 32, "");
  text(sector, 40, 32, label);
  both32(sector, 80, totalSectors);
  both16(sector, 120, 1);
  both16(sector, 124, 1);
  both16(sector, 128, sectorBytes);
  both32(sector, 132, pathTableBytes);
  sector.writeUInt32LE(at.pathTableL, 140);
  sector.writeUInt32BE(at.pathTableM, 148);
  directoryRecord(sector.subarray(156), 0);
  text(sector, 190, 623, "");
  // Four dates, all "not specified": 16 zero digits and a time zone of 0.
  for (const offset of [813, 830, 847, 864]) sector.write("0".repeat(16), offset, "latin1");
  sector.writeUInt8(1, 881);
}

/** The root directory as itself (name 0) or as its own parent (name 1). */
function directoryRecord(target, name) {
  target.writeUInt8(rootRecordBytes, 0);
  both32(target, 2, at.root);
  both32(target, 10, sectorBytes);
  // 1 January 2000, midnight: constant, so that the image is always the same.
  target.set([100, 1, 1, 0, 0, 0, 0], 18);
  target.writeUInt8(2, 25);
  both16(target, 28, 1);
  target.writeUInt8(1, 32);
  target.writeUInt8(name, 33);
}

function pathTable(sector, endian) {
  sector.writeUInt8(1, 0);
  sector[`writeUInt32${endian}`](at.root, 2);
  sector[`writeUInt16${endian}`](1, 6);
}

function bootRecord(sector) {
  header(sector, 0);
  sector.write("EL TORITO SPECIFICATION", 7, "latin1");
  sector.writeUInt32LE(at.catalog, 71);
}

/** One validation entry, whose 16-bit words must add up to 0, and one bootable PC entry of four 512-byte blocks. */
function bootCatalog(sector) {
  sector.writeUInt8(1, 0);
  sector.set([0x55, 0xaa], 30);
  let sum = 0;
  for (let offset = 0; offset < 32; offset += 2) sum += sector.readUInt16LE(offset);
  sector.writeUInt16LE(-sum & 0xffff, 28);
  sector.writeUInt8(0x88, 32);
  sector.writeUInt16LE(4, 38);
  sector.writeUInt32LE(bootImage, 40);
}

function text(sector, offset, length, value) {
  sector.write(value.padEnd(length), offset, length, "latin1");
}

/** ISO 9660 stores most numbers in both byte orders. */
function both16(target, offset, value) {
  target.writeUInt16LE(value, offset);
  target.writeUInt16BE(value, offset + 2);
}

function both32(target, offset, value) {
  target.writeUInt32LE(value, offset);
  target.writeUInt32BE(value, offset + 4);
}
