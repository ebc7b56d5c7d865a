// Packs the disk of a simulated instance as a qcow2 file that real tools read, with data if the guest wrote any.

/** The smallest cluster size of the format, which determines all sizes below. */
const cluster = 512;
const tableEntries = cluster / 8;
/** The purpose of each cluster. */
const at = { refcountTable: 1, refcounts: 2, firstTable: 3, secondTable: 4, data: 5 };
const isOnlyHere = 1n << 63n;

const offsetOf = (index: number): bigint => BigInt(index * cluster);

/** The note is included in either case, so that each publish creates a different image. */
export function packDisk(note: string, isWritten: boolean): Buffer {
  const data = Buffer.from(note);
  const clusters = Math.ceil(data.length / cluster);
  if (clusters > tableEntries) throw new Error(`a note of ${data.length} bytes does not fit on a simulated disk`);
  const disk = Buffer.alloc((at.data + clusters) * cluster);
  writeHeader(disk);
  disk.writeBigUInt64BE(offsetOf(at.refcounts), at.refcountTable * cluster);
  const used = isWritten ? at.data + clusters : at.secondTable;
  for (let i = 0; i < used; i++) disk.writeUInt16BE(1, at.refcounts * cluster + 2 * i);
  data.copy(disk, at.data * cluster);
  if (!isWritten) return disk;
  disk.writeBigUInt64BE(offsetOf(at.secondTable) | isOnlyHere, at.firstTable * cluster);
  for (let i = 0; i < clusters; i++) {
    disk.writeBigUInt64BE(offsetOf(at.data + i) | isOnlyHere, at.secondTable * cluster + 8 * i);
  }
  return disk;
}

function writeHeader(disk: Buffer): void {
  disk.write("QFI\xfb", 0, "latin1");
  disk.writeUInt32BE(2, 4);
  disk.writeUInt32BE(Math.log2(cluster), 20);
  // The capacity of the first table's only entry.
  disk.writeBigUInt64BE(BigInt(tableEntries * cluster), 24);
  disk.writeUInt32BE(1, 36);
  disk.writeBigUInt64BE(offsetOf(at.firstTable), 40);
  disk.writeBigUInt64BE(offsetOf(at.refcountTable), 48);
  disk.writeUInt32BE(1, 56);
}
