// Media like those that Debian and Ubuntu offer: Debian's own installer, with the boot menu that it has on them.
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownPackages, unpacked } from "./packages";
import { makeSignedIso, missingSignedIso } from "./signed-iso";

const netboot = "debian-installer-\\d+-netboot-amd64";

/** Why there is no installer here; undefined when there is one. */
export async function missingInstaller(): Promise<string | undefined> {
  const noIso = await missingSignedIso();
  if (noIso !== undefined) return noIso;
  const [name] = await knownPackages(netboot);
  return name === undefined ? "no installer without Debian's package of it: apt-get update" : undefined;
}

/** As "netinst": Debian's kernel, initramfs and boot menu, where they are on the medium. */
export async function debianIso(file: string): Promise<void> {
  const tree = await emptyTree();
  const files = await installerFiles();
  await copy(files, join(tree, "install.amd"));
  await cp(join(files, "grub"), join(tree, "boot/grub"), { recursive: true });
  const menu = await readFile(join(tree, "boot/grub/grub.cfg"), "utf8");
  const moved = menu
    .replaceAll("/debian-installer/amd64/linux", "/install.amd/vmlinuz")
    .replaceAll("/debian-installer/amd64/initrd.gz", "/install.amd/initrd.gz");
  await writeFile(join(tree, "boot/grub/grub.cfg"), moved);
  await makeSignedIso(file, { tree, label: "Debian netinst" });
}

/** As "live-server", with another system in it: where kernel and initramfs are, and the boot menu. */
export async function ubuntuIso(file: string): Promise<void> {
  const tree = await emptyTree();
  const casper = join(tree, "casper");
  await copy(await installerFiles(), casper, "initrd");
  const entry = 'menuentry "Try or Install Ubuntu Server" {\n  linux /casper/vmlinuz ---\n  initrd /casper/initrd\n}\n';
  await writeFile(join(tree, "boot/grub/grub.cfg"), `set timeout=30\nloadfont unicode\n${entry}`);
  await makeSignedIso(file, { tree, label: "Ubuntu-Server" });
}

/** As Microsoft's: it goes on when a key is pressed, and then says so again and again. */
export async function pressAnyKeyIso(file: string): Promise<void> {
  const tree = await emptyTree();
  const entry =
    'menuentry "Press any key to boot from CD or DVD" {\n  while true; do echo "Setup begins"; sleep 1; done\n}\n';
  await writeFile(join(tree, "boot/grub/grub.cfg"), `set timeout=-1\n${entry}`);
  await makeSignedIso(file, { tree, label: "Windows" });
}

async function emptyTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "pulumi-lxd-medium-"));
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  return tree;
}

async function copy(files: string, to: string, initrd = "initrd.gz"): Promise<void> {
  await mkdir(to);
  await cp(join(files, "linux"), join(to, "vmlinuz"));
  await cp(join(files, "initrd.gz"), join(to, initrd));
}

async function installerFiles(): Promise<string> {
  const known = await knownPackages(netboot);
  const images = join(await unpacked(known.sort().at(-1) ?? ""), "usr/lib/debian-installer/images");
  const [release = ""] = await readdir(images);
  return join(images, release, "amd64/text/debian-installer/amd64");
}
