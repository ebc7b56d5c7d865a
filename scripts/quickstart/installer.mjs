// The quickstart's installer: an ISO that really boots for a real daemon, a few kilobytes for the embedded one.
import { createRequire } from "node:module";
import { join } from "node:path";
import { writeTinyIso } from "./tiny-iso.mjs";

const { makeBootableIso, missingIsoTools } = createRequire(import.meta.url)("./grub-iso.cjs");
const label = "QUICKSTART";

/**
 * Returns the path of the ISO.
 * @param {import("./daemon.mjs").Daemon} daemon
 */
export async function makeInstaller({ isReal, dir }) {
  const iso = join(dir, "installer.iso");
  if (!isReal) {
    writeTinyIso(iso, label);
    console.log(`${iso}: an empty ISO 9660 volume with a boot record`);
    return iso;
  }
  const missing = missingIsoTools();
  if (missing) throw new Error(`A real server needs an ISO that boots, but ${missing}`);
  await makeBootableIso(dir, { name: "installer.iso", label, text: "Quickstart: installed. Powering off." });
  console.log(`${iso}: a GRUB image that prints a line and powers the machine off`);
  return iso;
}
