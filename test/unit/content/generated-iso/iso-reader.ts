// Reads an image back as the standards describe it, sharing nothing with the code that writes one.

export interface ReadFile {
  /** In all, with the folders' names. */
  path: string;
  bytes: Buffer;
}

export interface ReadVolume {
  label: string;
  sectors: number;
  files: ReadFile[];
  folders: string[];
  /** Folders in the order of the path table, as `number of parent/identifier in hex`. */
  pathTable: string[];
}

type NameSpace = "iso9660" | "rock-ridge" | "joliet";

const sector = 2048;

/** All that one name space of an image holds. Throws at whatever contradicts itself. */
export function readIso(image: Buffer, space: NameSpace): ReadVolume {
  const descriptor = findDescriptor(image, space === "joliet" ? 2 : 1);
  const sectors = both32(descriptor, 80);
  require(image.length === sectors * sector, "volume size");
  require(both16(descriptor, 128) === sector, "block size");
  const volume: ReadVolume = { label: labelOf(descriptor, space), sectors, files: [], folders: [], pathTable: [] };
  const root = recordAt(descriptor, 156);
  volume.pathTable = readPathTable(image, descriptor);
  walk({ image, space, volume, skip: space === "rock-ridge" ? suspSkip(image, root) : 0 }, root, "");
  return volume;
}

function findDescriptor(image: Buffer, type: number): Buffer {
  for (let at = 16; ; at += 1) {
    const found = image.subarray(at * sector, (at + 1) * sector);
    require(found.toString("latin1", 1, 6) === "CD001", "descriptor signature");
    require(found[0] !== 255, `a descriptor of type ${type}`);
    if (found[0] === type) return found;
  }
}

function labelOf(descriptor: Buffer, space: NameSpace): string {
  const field = descriptor.subarray(40, 72);
  if (space !== "joliet") return field.toString("latin1").replace(/ +$/, "");
  require(descriptor.toString("latin1", 88, 91) === "%/E", "the escape sequence of Joliet");
  return ucs2(field).replace(/ +$/, "");
}

/** Both tables, which must say the same. */
function readPathTable(image: Buffer, descriptor: Buffer): string[] {
  const size = both32(descriptor, 132);
  const tableAt = (at: number) => image.subarray(at * sector, at * sector + size);
  const [little, big] = [tableAt(descriptor.readUInt32LE(140)), tableAt(descriptor.readUInt32BE(148))];
  const lines: string[] = [];
  for (let at = 0; at < size;) {
    const length = little.readUInt8(at);
    const [extent, parent] = [little.readUInt32LE(at + 2), little.readUInt16LE(at + 6)];
    require(big.readUInt32BE(at + 2) === extent && big.readUInt16BE(at + 6) === parent, "path tables alike");
    require(recordAt(image, extent * sector).extent === extent, "a folder where the path table says");
    const identifier = little.subarray(at + 8, at + 8 + length).toString("hex");
    require(big.subarray(at + 8, at + 8 + length).toString("hex") === identifier, "path tables alike");
    lines.push(`${parent}/${identifier}`);
    at += 8 + length + (length & 1);
  }
  return lines;
}

interface DirectoryRecord {
  extent: number;
  size: number;
  isFolder: boolean;
  identifier: Buffer;
  systemUse: Buffer;
}

function recordAt(buffer: Buffer, at: number): DirectoryRecord {
  const record = buffer.subarray(at, at + buffer.readUInt8(at));
  const nameLength = record.readUInt8(32);
  require(record.length % 2 === 0, "an even record length");
  require(both16(record, 28) === 1, "volume sequence number");
  return {
    extent: both32(record, 2),
    size: both32(record, 10),
    isFolder: record.readUInt8(25) === 2,
    identifier: record.subarray(33, 33 + nameLength),
    systemUse: record.subarray(33 + nameLength + ((nameLength + 1) & 1)),
  };
}

interface Walk {
  image: Buffer;
  space: NameSpace;
  volume: ReadVolume;
  skip: number;
}

function walk(context: Walk, folder: DirectoryRecord, path: string): void {
  const { image, space, volume } = context;
  const [self, parent, ...children] = recordsOf(image, folder);
  require(self?.extent === folder.extent && self.identifier.equals(Buffer.from([0])), "the record .");
  require(parent?.identifier.equals(Buffer.from([1])) === true, "the record ..");
  requireSorted(
    children.map(({ identifier }) => identifier),
    space,
  );
  for (const child of children) {
    const childPath = path === "" ? nameOf(context, child) : `${path}/${nameOf(context, child)}`;
    if (child.isFolder) {
      volume.folders.push(childPath);
      walk(context, child, childPath);
    } else {
      const start = child.extent * sector;
      require(start + child.size <= image.length, "a file within the volume");
      volume.files.push({ path: childPath, bytes: image.subarray(start, start + child.size) });
    }
  }
}

function recordsOf(image: Buffer, folder: DirectoryRecord): DirectoryRecord[] {
  const start = folder.extent * sector;
  const records: DirectoryRecord[] = [];
  require(folder.size % sector === 0, "whole sectors");
  for (let at = start; at < start + folder.size;) {
    const length = image.readUInt8(at);
    require((at % sector) + length <= sector, "no record across two sectors");
    if (length > 0) records.push(recordAt(image, at));
    at = length > 0 ? at + length : at + sector - (at % sector);
  }
  return records;
}

function requireSorted(identifiers: Buffer[], space: NameSpace): void {
  const keys = identifiers.map((identifier) => (space === "joliet" ? ucs2(identifier) : identifier.toString("latin1")));
  // A name comes before the same name with an extension, and that before any longer name.
  const sortable = keys.map((key) => key.replaceAll(".", "\0"));
  sortable.forEach((key, i) => require(i === 0 || (sortable[i - 1] ?? "") < key, `order of ${keys.join(", ")}`));
}

function nameOf({ image, space, skip }: Walk, record: DirectoryRecord): string {
  if (space === "joliet") return ucs2(record.identifier);
  const plain = record.identifier.toString("latin1");
  require(record.isFolder
    ? /^[A-Z0-9_]{1,31}$/.test(plain)
    : /^(?=.{1,31};)[A-Z0-9_]*\.[A-Z0-9_]*;1$/.test(plain), plain);
  if (space === "iso9660") return plain;
  const parts = suspFields(image, record.systemUse.subarray(skip)).filter(({ signature }) => signature === "NM");
  parts.forEach(({ body }, i) => require((body[0] === 1) === i < parts.length - 1, "the flag of continued names"));
  return Buffer.concat(parts.map(({ body }) => body.subarray(1))).toString("utf8");
}

interface SuspField {
  signature: string;
  body: Buffer;
}

/** The fields of a record, with those that continue elsewhere. */
function suspFields(image: Buffer, area: Buffer): SuspField[] {
  const fields: SuspField[] = [];
  let next: Buffer | undefined;
  for (let at = 0; at + 4 <= area.length && area.readUInt8(at + 2) > 0; at += area.readUInt8(at + 2)) {
    const field = {
      signature: area.toString("latin1", at, at + 2),
      body: area.subarray(at + 4, at + area.readUInt8(at + 2)),
    };
    if (field.signature !== "CE") {
      fields.push(field);
      continue;
    }
    const [block, offset, size] = [both32(field.body, 0), both32(field.body, 8), both32(field.body, 16)];
    require(offset + size <= sector, "a continuation within one sector");
    next = image.subarray(block * sector + offset, block * sector + offset + size);
  }
  return next === undefined ? fields : [...fields, ...suspFields(image, next)];
}

/** The root must say that SUSP and Rock Ridge are in use. */
function suspSkip(image: Buffer, root: DirectoryRecord): number {
  const fields = suspFields(image, recordAt(image, root.extent * sector).systemUse);
  const [sp] = fields;
  require(sp?.signature === "SP" && sp.body.toString("hex", 0, 2) === "beef", "SP");
  require(fields.some(({ signature, body }) => signature === "ER" && body.includes("RRIP_1991A")), "ER");
  return sp.body.readUInt8(2);
}

function ucs2(bytes: Buffer): string {
  return Buffer.from(bytes).swap16().toString("utf16le");
}

function both16(buffer: Buffer, at: number): number {
  require(buffer.readUInt16LE(at) === buffer.readUInt16BE(at + 2), "both byte orders alike");
  return buffer.readUInt16LE(at);
}

function both32(buffer: Buffer, at: number): number {
  require(buffer.readUInt32LE(at) === buffer.readUInt32BE(at + 4), "both byte orders alike");
  return buffer.readUInt32LE(at);
}

function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`not a clean image: ${what}`);
}
