// A minimal ISO 9660 image with one text file in it: valid enough for any reader, bootable in name if asked for.
import { writeFile } from "node:fs/promises";

const SECTOR = 2048;
const PRIMARY = 16;
const CATALOG_SECTOR = 22;
const BOOT_SECTOR = 23;
const FILE_SECTOR = 24;
const SECTORS = 25;
const FILE_NAME = "MARKER.TXT;1";

export interface TinyIsoOptions {
  /** Gives it an El Torito boot record. What it boots is nothing real. Default: false. */
  bootable?: boolean;
  /** Text that is found in the first 64 KiB; another text is another content. */
  marker?: string;
  /** Volume label. Default: "TINY". */
  label?: string;
}

const both16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value, 0);
  bytes.writeUInt16BE(value, 2);
  return bytes;
};

const both32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value, 0);
  bytes.writeUInt32BE(value, 4);
  return bytes;
};

/** 1 January 2020, in the seven bytes of a directory record. */
const DATE = Buffer.from([120, 1, 1, 0, 0, 0, 0]);

interface Entry {
  name: Buffer;
  sector: number;
  sizeBytes: number;
  isFolder: boolean;
}

function directoryRecord({ name, sector, sizeBytes, isFolder }: Entry): Buffer {
  const length = 33 + name.length + (name.length % 2 === 0 ? 1 : 0);
  const record = Buffer.alloc(length);
  record.writeUInt8(length, 0);
  both32(sector).copy(record, 2);
  both32(sizeBytes).copy(record, 10);
  DATE.copy(record, 18);
  record.writeUInt8(isFolder ? 2 : 0, 25);
  both16(1).copy(record, 28);
  record.writeUInt8(name.length, 32);
  name.copy(record, 33);
  return record;
}

const root = (name: number): Entry => ({ name: Buffer.from([name]), sector: 21, sizeBytes: SECTOR, isFolder: true });

function primaryDescriptor(label: string): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.write("\u0001CD001\u0001", 0, "latin1");
  sector.fill(" ", 8, 72);
  sector.write(label, 40, "latin1");
  both32(SECTORS).copy(sector, 80);
  both16(1).copy(sector, 120);
  both16(1).copy(sector, 124);
  both16(SECTOR).copy(sector, 128);
  both32(10).copy(sector, 132);
  sector.writeUInt32LE(19, 140);
  sector.writeUInt32BE(20, 148);
  directoryRecord(root(0)).copy(sector, 156);
  sector.fill(" ", 190, 813);
  for (const offset of [813, 830, 847, 864]) sector.write("2020010100000000\u0000", offset, "latin1");
  sector.writeUInt8(1, 881);
  return sector;
}

function bootRecord(): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.write("\u0000CD001\u0001EL TORITO SPECIFICATION", 0, "latin1");
  sector.writeUInt32LE(CATALOG_SECTOR, 71);
  return sector;
}

/** One validation entry and one bootable entry without emulation. */
function bootCatalog(): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.writeUInt8(1, 0);
  sector.write("U\u00aa", 30, "latin1");
  let sum = 0;
  for (let offset = 0; offset < 32; offset += 2) sum += sector.readUInt16LE(offset);
  sector.writeUInt16LE((0x10000 - (sum & 0xffff)) & 0xffff, 28);
  sector.writeUInt8(0x88, 32);
  sector.writeUInt16LE(4, 38);
  sector.writeUInt32LE(BOOT_SECTOR, 40);
  return sector;
}

function pathTable(isBigEndian: boolean): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.writeUInt8(1, 0);
  if (isBigEndian) sector.writeUInt32BE(21, 2);
  else sector.writeUInt32LE(21, 2);
  if (isBigEndian) sector.writeUInt16BE(1, 6);
  else sector.writeUInt16LE(1, 6);
  return sector;
}

const terminator = (): Buffer => Buffer.concat([Buffer.from("\u00ffCD001\u0001", "latin1"), Buffer.alloc(SECTOR - 7)]);

/** The image's bytes. The same options give the same bytes. */
export function tinyIso({ bootable = false, marker = "", label = "TINY" }: TinyIsoOptions = {}): Buffer {
  const text = Buffer.from(`${marker}\n`);
  const iso = Buffer.alloc(SECTORS * SECTOR);
  const file = { name: Buffer.from(FILE_NAME), sector: FILE_SECTOR, sizeBytes: text.length, isFolder: false };
  const put = (sector: number, ...parts: Buffer[]) => Buffer.concat(parts).copy(iso, sector * SECTOR);
  put(PRIMARY, primaryDescriptor(label), ...(bootable ? [bootRecord(), terminator()] : [terminator()]));
  put(19, pathTable(false), pathTable(true));
  put(21, ...[root(0), root(1), file].map(directoryRecord));
  if (bootable) put(CATALOG_SECTOR, bootCatalog());
  put(FILE_SECTOR, text.subarray(0, SECTOR));
  return iso;
}

/** Writes the image to a file and gives back its path. */
export async function writeTinyIso(path: string, options?: TinyIsoOptions): Promise<string> {
  await writeFile(path, tinyIso(options));
  return path;
}
