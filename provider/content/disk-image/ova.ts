// Finds the disk in an OVA, a tarball with a description, and addresses it for qemu-img.
import { type FileHandle, open } from "node:fs/promises";
import { LxdError } from "../../base/errors";
import { tarBlock, tarHeader, tarPadded } from "./tar-header";

interface Entry {
  name: string;
  offset: number;
  size: number;
}

/** A qemu-img file specification that reads the disk inside the OVA. */
export async function diskInOva(path: string): Promise<string> {
  const file = await open(path, "r");
  const disks = (await entries(file).finally(() => file.close())).filter(({ name }) => /\.vmdk$/i.test(name));
  const [disk] = disks;
  if (disk === undefined || disks.length > 1) {
    const why = `${path} has ${disks.length === 0 ? "no disk" : `${disks.length} disks`}, but an image needs exactly one`;
    const advice = 'Extract it with `tar` and use the system disk, with format: "vmdk".';
    throw new LxdError({ code: "invalid-argument", why, advice });
  }
  const { offset, size } = disk;
  const whole = { driver: "file", filename: path };
  return `json:${JSON.stringify({ driver: "vmdk", file: { driver: "raw", offset, size, file: whole } })}`;
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
