// Creates bootable ISO images with GRUB: a guest that boots one prints a line on its console and powers itself off.
"use strict";
const { execFile } = require("node:child_process");
const { accessSync, constants } = require("node:fs");
const { mkdir, mkdtemp, rm, writeFile } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { delimiter, join } = require("node:path");
const { promisify } = require("node:util");

/** The tools needed to create an ISO, with the Debian packages that provide them. */
const tools = { "grub-mkrescue": "grub-common grub-efi-amd64-bin grub-pc-bin", xorriso: "xorriso", mformat: "mtools" };

/** A sentence on what to install before ISOs can be created here; undefined if nothing is missing. */
function missingIsoTools() {
  const missing = Object.keys(tools).filter((tool) => !isOnPath(tool));
  if (missing.length === 0) return undefined;
  const packages = missing.map((tool) => tools[tool]).join(" ");
  return `no bootable ISO can be made without ${missing.join(", ")}: apt-get install ${packages}`;
}

function isOnPath(tool) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Creates the ISO `name` in `dir` and returns its path. Requires that `missingIsoTools()` returns undefined. */
async function makeBootableIso(dir, { name = "boot.iso", label = "BOOT", text = "hello from the ISO" } = {}) {
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

/** The line goes to the serial console, which the daemon records, and stays there long enough to be read. */
function grubConfig(text) {
  const print = `echo '${text.replaceAll("'", "")}'`;
  return ["serial", "terminal_output serial console", print, "sleep 2", "halt", ""].join("\n");
}

module.exports = { makeBootableIso, missingIsoTools };
