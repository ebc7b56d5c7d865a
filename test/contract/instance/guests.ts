// Installation media for real machines: GRUB with a script, which is all that a test's installer does.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { diskWriter, diskWriterFile } from "./disk-writer";

/** UEFI's own console is on the serial port already, and takes keys away from whoever reads the port beside it. */
const serial = "serial\nterminal_input serial\nterminal_output serial";

export async function grubIso(script: string): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), "instance-iso-"));
  try {
    const config = `if [ $grub_platform != efi ]; then\n${serial}\nfi\n${script}\n`;
    await mkdir(join(dir, "tree/boot/grub"), { recursive: true });
    await writeFile(join(dir, "tree/boot/grub/grub.cfg"), config);
    await writeFile(join(dir, "tree", diskWriterFile), diskWriter());
    await promisify(execFile)("grub-mkrescue", ["-o", join(dir, "boot.iso"), join(dir, "tree")]);
    return await readFile(join(dir, "boot.iso"));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
