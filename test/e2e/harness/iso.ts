// Makes bootable ISO images with GRUB: a guest that boots one says a line on its console and powers itself off.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** What making an ISO needs, and the Debian packages that have it. */
const tools = {
  "grub-mkrescue": "grub-common, grub-efi-amd64-bin, grub-pc-bin",
  xorriso: "xorriso",
  mformat: "mtools",
};

/** A sentence on what is missing to make ISOs here, for the reason of a skip; undefined when nothing is. */
export function missingIsoTools(): string | undefined {
  const missing = Object.entries(tools).filter(([tool]) => !isOnPath(tool));
  if (missing.length === 0) return undefined;
  const names = missing.map(([tool, packages]) => `${tool} (Debian: ${packages})`);
  return `no ISO can be made here: install ${names.join(", ")}`;
}

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface IsoOptions {
  /** The file's name in `dir`; another name for another content side by side. */
  readonly name?: string;
  /** The volume label, up to 32 of A-Z, 0-9 and _. */
  readonly label?: string;
  /** Printed by the guest before it powers off; another text is another content. */
  readonly text?: string;
}

/** Makes the ISO and returns its path. Only where `missingIsoTools()` names none. */
export async function makeBootableIso(dir: string, options: IsoOptions = {}): Promise<string> {
  const { name = "boot.iso", label = "BOOT", text = "hello from the ISO" } = options;
  const tree = await mkdtemp(join(tmpdir(), "pulumi-lxd-iso-"));
  try {
    await mkdir(join(tree, "boot/grub"), { recursive: true });
    await writeFile(join(tree, "boot/grub/grub.cfg"), grubConfig(text));
    const file = join(dir, name);
    await promisify(execFile)("grub-mkrescue", ["-o", file, tree, "--", "-volid", label]);
    return file;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** The line goes to the serial console, which is what the daemon keeps. */
function grubConfig(text: string): string {
  return ["serial", "terminal_output serial console", `echo '${text.replaceAll("'", "")}'`, "halt", ""].join("\n");
}
