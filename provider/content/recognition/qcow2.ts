// Reads the header of a qcow2: the size of its disk, and what it needs besides its file.
import { open } from "node:fs/promises";
import { expandPath } from "../local-file/file";
import { type Lack } from "./found";

const oldHeaderBytes = 72;
const hasDataFile = 0x4n;
const extension = { end: 0, dataFile: 0x44415441 };

export function qcow2Lack(head: Buffer): Lack | undefined {
  if (head.length < oldHeaderBytes) return undefined;
  const [backingFile, nameBytes] = [Number(head.readBigUInt64BE(8)), head.readUInt32BE(16)];
  if (backingFile !== 0)
    return { needs: "backing-file", name: head.toString("utf8", backingFile, backingFile + nameBytes) };
  if (head.readUInt32BE(32) !== 0) return { needs: "key" };
  const version = head.readUInt32BE(4);
  if (version < 3 || head.length < 104 || (head.readBigUInt64BE(72) & hasDataFile) === 0n) return undefined;
  return { needs: "data-file", name: dataFileName(head) };
}

/** The name is in an extension of the header: type, length, content padded to eight bytes. */
function dataFileName(head: Buffer): string {
  for (let at = head.readUInt32BE(100); at + 8 <= head.length;) {
    const [type, length] = [head.readUInt32BE(at), head.readUInt32BE(at + 4)];
    if (type === extension.end) break;
    if (type === extension.dataFile) return head.toString("utf8", at + 8, at + 8 + length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return "";
}

const magic = "QFI\xfb";

/** The size of the disk for its machine; undefined for a file that is not a qcow2. */
export async function qcow2DiskBytes(given: string): Promise<number | undefined> {
  const file = await open(expandPath(given), "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
    const isQcow2 = bytesRead === 32 && buffer.toString("latin1", 0, magic.length) === magic;
    return isQcow2 ? Number(buffer.readBigUInt64BE(24)) : undefined;
  } finally {
    await file.close();
  }
}
