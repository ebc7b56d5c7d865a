// Reads in the header of a qcow2 what it needs besides its file.
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
