// Recognises disks, media and file systems by their signatures.
import { type Bytes } from "./bytes";
import { type Found, type Lack, type SignedFormat } from "./found";
import { qcow2Lack } from "./qcow2";
import { vmdkLack } from "./vmdk";

/** What is read of a qcow2: its header, with the extensions and the name of a backing file. */
export const qcow2Bytes = 4096;

interface Signature {
  at: number;
  bytes: string;
}

/** Raw disks have no signature. */
const formats: [SignedFormat, Signature][] = [
  ["qcow2", { at: 0, bytes: "QFI\xfb" }],
  ["vmdk", { at: 0, bytes: "KDMV" }],
  ["vmdk", { at: 0, bytes: "# Disk DescriptorFile" }],
  ["vdi", { at: 64, bytes: "\x7f\x10\xda\xbe" }],
  ["vhdx", { at: 0, bytes: "vhdxfile" }],
  ["vhd", { at: 0, bytes: "conectix" }],
];

const fileSystems: [string, Signature][] = [
  ["ext", { at: 1080, bytes: "\x53\xef" }],
  ["XFS", { at: 0, bytes: "XFSB" }],
];

const sectorBytes = 2048;
/** The first volume descriptor of ISO 9660 and of UDF; the sectors before it may contain any boot record. */
const firstDescriptor = 16;
const descriptors = 16;
/** The identifier of ISO 9660, and those that announce a UDF volume. */
const identifiers = ["CD001", "NSR02", "NSR03"];

/** How much of a stream is needed to recognise a medium. */
export const mediumBytes = (firstDescriptor + descriptors) * sectorBytes;

export async function recogniseDisk(bytes: Bytes): Promise<Found | undefined> {
  const head = await bytes.read(0, qcow2Bytes);
  const format = formats.find(([, signature]) => has(head, signature))?.[0];
  if (format !== undefined) return { what: "disk", format, lack: await lackOf(format, bytes) };
  if (await isFixedVhd(bytes)) return { what: "disk", format: "vhd", isRawToo: true };
  const table = partitionTable(head);
  const isMedium = hasDescriptor(await bytes.read(firstDescriptor * sectorBytes, descriptors * sectorBytes));
  if (isMedium) return { what: "medium", isHybrid: table !== undefined };
  if (table !== undefined) return { what: "raw-disk", table };
  if (head.toString("latin1", 0, 4) === "hsqs") return { what: "squashfs" };
  const name = fileSystems.find(([, signature]) => has(head, signature))?.[0];
  return name === undefined ? undefined : { what: "file-system", name };
}

async function lackOf(format: SignedFormat, bytes: Bytes): Promise<Lack | undefined> {
  if (format === "qcow2") return qcow2Lack(await bytes.read(0, qcow2Bytes));
  return format === "vmdk" ? vmdkLack(bytes) : undefined;
}

/** A VHD of fixed size has its signature in the last sector. */
async function isFixedVhd(bytes: Bytes): Promise<boolean> {
  const { sizeBytes } = bytes;
  if (sizeBytes === undefined || sizeBytes < 1024) return false;
  return (await bytes.read(sizeBytes - 512, 8)).toString("latin1") === "conectix";
}

function partitionTable(head: Buffer): "MBR" | "GPT" | undefined {
  if (head.toString("latin1", 512, 520) === "EFI PART") return "GPT";
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return undefined;
  const entries = [446, 462, 478, 494].map((at) => head.subarray(at, at + 16));
  const isUsed = (entry: Buffer): boolean => entry[4] !== 0 && entry.readUInt32LE(12) > 0;
  const isValid = entries.every((entry) => entry[0] === 0 || entry[0] === 0x80);
  return isValid && entries.some(isUsed) ? "MBR" : undefined;
}

/** Whether these bytes, which start at sector 16, contain a volume descriptor. */
function hasDescriptor(bytes: Buffer): boolean {
  for (let at = 1; at + 5 <= bytes.length; at += sectorBytes) {
    if (identifiers.includes(bytes.toString("latin1", at, at + 5))) return true;
  }
  return false;
}

function has(head: Buffer, { at, bytes }: Signature): boolean {
  return head.toString("latin1", at, at + bytes.length) === bytes;
}
