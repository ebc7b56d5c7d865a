// What a simulated guest sees of a CD: whether it boots, and what the test that made it wants to happen.
import { closeSync, openSync, readSync } from "node:fs";

const SECTOR = 2048;
/** The sector of the boot record that El Torito defines. */
const BOOT_RECORD_SECTOR = 17;
const MARKER_AREA_BYTES = 64 * 1024;

/**
 * Texts anywhere in the first 64 KiB of an ISO decide how its installer behaves:
 * `pulumi-lxd: reboot` reboots once before it powers off, `loop` reboots for ever, `hang` never ends, `panic` crashes and
 * hangs, `full` finds no room on the disk and hangs, `key` begins when a key is pressed on the console, `halt` powers off
 * without having written to the disk.
 * Beside one of them, `pulumi-lxd: unsigned` makes secure boot refuse it.
 */
export type Behaviour = "install" | "reboot" | "loop" | "hang" | "panic" | "full" | "key" | "halt";

export interface IsoFile {
  isBootable: boolean;
  behaviour: Behaviour;
  isSigned: boolean;
}

function headOf(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const buffer = Buffer.alloc(MARKER_AREA_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, MARKER_AREA_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

/** Looks into the file; one that cannot be read does not boot. */
export function readIso(path: string): IsoFile {
  const head = headOf(path);
  const record = head.toString("latin1", BOOT_RECORD_SECTOR * SECTOR, (BOOT_RECORD_SECTOR + 1) * SECTOR);
  const behaviours: Behaviour[] = ["panic", "full", "hang", "loop", "reboot", "key", "halt"];
  return {
    isBootable: record.startsWith("\0CD001") && record.includes("EL TORITO SPECIFICATION"),
    behaviour: behaviours.find((word) => head.includes(`pulumi-lxd: ${word}`)) ?? "install",
    isSigned: !head.includes("pulumi-lxd: unsigned"),
  };
}
