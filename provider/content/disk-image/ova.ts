// Finds the disk in an OVA, a tarball with a description, and addresses it for qemu-img.
import { type FileHandle, open } from "node:fs/promises";
import { LxdError } from "../../base/errors";
import { quoted } from "../recognition/words";
import { tarBlock, tarHeader, tarPadded } from "./tar-header";

interface Entry {
  name: string;
  offset: number;
  size: number;
}

/** A qemu-img file specification that reads the disk inside the OVA. */
export async function diskInOva(path: string): Promise<string> {
  const file = await open(path, "r");
  const disks = (await entries(file).finally(() => file.close())).filter(({ name }) => isVmdk(name));
  const [disk] = disks;
  if (disk === undefined || disks.length > 1)
    throw notOneDisk(
      path,
      disks.map(({ name }) => name),
    );
  const { offset, size } = disk;
  const whole = { driver: "file", filename: path };
  return `json:${JSON.stringify({ driver: "vmdk", file: { driver: "raw", offset, size, file: whole } })}`;
}

export function isVmdk(name: string): boolean {
  return /\.vmdk$/i.test(name);
}

/** An image is made of one disk. */
export function notOneDisk(path: string, names: readonly string[]): LxdError {
  const extract = `Extract it with \`tar -xf ${quoted(path)}\``;
  if (names.length === 0) {
    const why = `${path} has no disk (.vmdk), but an image needs exactly one`;
    return new LxdError({ code: "invalid-argument", why, advice: `${extract} and look for a disk in another format.` });
  }
  const why = `${path} has ${names.length} disks (${names.join(", ")}), but an image needs exactly one`;
  const advice = `${extract}, and use the system disk: source: { disk: ${JSON.stringify(names[0])}, format: "vmdk" }.`;
  return new LxdError({ code: "invalid-argument", why, advice });
}

async function entries(file: FileHandle): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let at = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tarBlock), 0, tarBlock, at);
    const { name, size } = tarHeader(buffer);
    if (bytesRead < tarBlock || name === "") return found;
    found.push({ name, offset: at + tarBlock, size });
    at += tarBlock + tarPadded(size);
  }
}
