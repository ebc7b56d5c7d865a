// Reads in the description of a VMDK whether its file is the whole disk.
import { type Bytes } from "./bytes";
import { type Lack } from "./found";

const sectorBytes = 512;
const descriptionMaxBytes = 64 * 1024;

export async function vmdkLack(bytes: Bytes): Promise<Lack | undefined> {
  const head = await bytes.read(0, sectorBytes);
  if (head.toString("latin1", 0, 4) !== "KDMV") {
    const text = await bytes.read(0, descriptionMaxBytes);
    return { needs: "parts", names: extents(text.toString("utf8")) };
  }
  if (head.length < 44) return undefined;
  const [sector, sectors] = [Number(head.readBigUInt64LE(28)), Number(head.readBigUInt64LE(36))];
  const size = Math.min(sectors * sectorBytes, descriptionMaxBytes);
  const text = (await bytes.read(sector * sectorBytes, size)).toString("utf8");
  // The parts of a disk have none, or room for one.
  if (sector === 0 || !/^createType=/m.test(text)) return { needs: "description" };
  // Not padded with zeros.
  const parent = /^parentCID=([0-9a-f]{1,8})/im.exec(text)?.[1] ?? "ffffffff";
  if (/^f{8}$/i.test(parent)) return undefined;
  return { needs: "backing-file", name: /^parentFileNameHint="(.*)"/im.exec(text)?.[1] ?? "" };
}

/** The names of the parts: `RW 8323072 SPARSE "disk-s001.vmdk"`. */
function extents(text: string): string[] {
  return [...text.matchAll(/^(?:RW|RDONLY|NOACCESS) \d+ \w+ "([^"]+)"/gm)].map(([, name = ""]) => name);
}
