// ISO images that boot with secure boot: Debian's signed loaders on a medium that is laid out as the vendors' are.
import { execFile } from "node:child_process";
import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { missingIsoTools } from "../harness/iso";
import { knownPackages, unpacked } from "./packages";

const run = promisify(execFile);

/** Debian's package of each loader, the file in it, and its name on the medium. GRUB reads `boot/grub/grub.cfg`. */
const loaders = [
  { name: "shim-signed", path: "usr/lib/shim/shimx64.efi.signed", target: "bootx64.efi" },
  { name: "grub-efi-amd64-signed", path: "usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed", target: "grubx64.efi" },
];

/** Why no such image can be made here; undefined when it can. */
export async function missingSignedIso(): Promise<string | undefined> {
  const noTools = missingIsoTools();
  if (noTools !== undefined) return noTools;
  const known = await knownPackages(loaders.map(({ name }) => name).join("|"));
  const isComplete = known.length === loaders.length;
  return isComplete ? undefined : "no ISO for secure boot without Debian's signed loaders: apt-get update";
}

/** Makes the image `file` of the folder `tree`, which has a `boot/grub/grub.cfg` and is changed. */
export async function makeSignedIso(file: string, { tree, label }: { tree: string; label: string }): Promise<void> {
  const efi = join(tree, "boot/grub/efi.img");
  await mkdir(join(tree, ".disk"), { recursive: true });
  await writeFile(join(tree, ".disk/info"), `${label}\n`);
  await writeFile(efi, "");
  await truncate(efi, 8 * 1024 * 1024);
  await run("mformat", ["-i", efi, "-h", "16", "-t", "64", "-s", "16", "::"]);
  await run("mmd", ["-i", efi, "::/EFI", "::/EFI/boot"]);
  for (const { name, path, target } of loaders) {
    await run("mcopy", ["-i", efi, join(await unpacked(name), path), `::/EFI/boot/${target}`]);
  }
  const boot = ["-e", "boot/grub/efi.img", "-no-emul-boot"];
  await run("xorriso", ["-as", "mkisofs", "-quiet", "-r", "-V", label, "-o", file, ...boot, tree]);
  await rm(tree, { recursive: true });
}
