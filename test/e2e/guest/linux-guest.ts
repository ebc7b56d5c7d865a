// A real guest: Debian's kernel and a static busybox on a bootable ISO, which tells on the serial console what machine it is
// in and what files the other media have. Written to a disk byte by byte, the ISO boots from there too.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { missingIsoTools } from "../harness/iso";
import { init } from "./init";
import { busybox, modules } from "./modules";

const run = promisify(execFile);

const allModules = [...modules, "fs/isofs/isofs"];
const fileOf = (path: string): string => path.split("/").at(-1) ?? "";

/** Kept in the machine's folder for temporary files: it is the same for all runs with these modules. */
const cache = join(tmpdir(), `pulumi-lxd-guest-kernel-${allModules.length}`);

/** Why there is no such guest here; undefined once everything is at hand. */
export async function missingLinux(): Promise<string | undefined> {
  const noTools = missingIsoTools();
  if (noTools !== undefined) return noTools;
  if (!(await exists(busybox))) return "no guest without busybox: apt-get install busybox-static";
  if (await exists(join(cache, "kernel"))) return undefined;
  return downloadKernel().then(
    () => undefined,
    (error: unknown) => `no guest without Debian's kernel, which apt-get could not bring: ${(error as Error).message}`,
  );
}

/** The boot medium. Only where `missingLinux()` says nothing. */
export async function linuxIso(file: string): Promise<void> {
  const tree = await mkdtemp(join(tmpdir(), "pulumi-lxd-linux-"));
  try {
    await mkdir(join(tree, "boot/grub"), { recursive: true });
    await copyFile(join(cache, "kernel"), join(tree, "boot/kernel"));
    await writeFile(join(tree, "boot/initramfs"), await initramfs());
    const config = "linux /boot/kernel console=ttyS0 quiet\ninitrd /boot/initramfs\nboot\n";
    await writeFile(join(tree, "boot/grub/grub.cfg"), config);
    await run("grub-mkrescue", ["-o", file, tree]);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** Appears under its name only when it is whole. */
async function downloadKernel(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-kernel-"));
  try {
    const { stdout } = await run("apt-cache", ["depends", "--important", "linux-image-cloud-amd64"]);
    const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
    if (name === undefined) throw new Error("apt-cache knows no linux-image-cloud-amd64; run apt-get update");
    await run("apt-get", ["download", name], { cwd: dir });
    const [deb = ""] = await readdir(dir);
    await run("dpkg", ["-x", deb, "x"], { cwd: dir });
    const [kernel = ""] = (await readdir(join(dir, "x/boot"))).filter((file) => file.startsWith("vmlinuz"));
    const [version = ""] = await readdir(join(dir, "x/lib/modules"));
    await mkdir(join(dir, "ready"));
    await copyFile(join(dir, "x/boot", kernel), join(dir, "ready/kernel"));
    for (const path of allModules) {
      const name = `${fileOf(path)}.ko`;
      await copyFile(join(dir, "x/lib/modules", version, `kernel/${path}.ko`), join(dir, "ready", name));
    }
    await rename(join(dir, "ready"), cache);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function initramfs(): Promise<Buffer> {
  const folders = ["bin", "proc", "sys", "dev", "mnt"].map((name) => record({ name, mode: 0o40755 }));
  const names = (await readdir(cache)).filter((name) => name.endsWith(".ko"));
  const kept = await Promise.all(
    names.map(async (name) => record({ name, mode: 0o100644, data: await readFile(join(cache, name)) })),
  );
  const programs = [
    record({ name: "bin/busybox", mode: 0o100755, data: await readFile(busybox) }),
    record({ name: "init", mode: 0o100755, data: Buffer.from(init(allModules.map(fileOf))) }),
  ];
  return Buffer.concat([...folders, ...kept, ...programs, record({ name: "TRAILER!!!", mode: 0 })]);
}

/** One entry of a cpio archive in the "newc" form, which is all that a kernel takes. */
function record({ name, mode, data = Buffer.alloc(0) }: { name: string; mode: number; data?: Buffer }): Buffer {
  const fields = [0, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
  const header = `070701${fields.map((value) => value.toString(16).padStart(8, "0")).join("")}${name}\0`;
  return Buffer.concat([padded(Buffer.from(header)), padded(data)]);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
