// Reads from an ISO file whether it is bootable, and the guest behaviour that a test requests in it.
import { closeSync, openSync, readSync } from "node:fs";

const SECTOR = 2048;
/** The sector of the boot record in El Torito. */
const BOOT_RECORD_SECTOR = 17;
const MARKER_AREA_BYTES = 64 * 1024;

/**
 * A text anywhere in the first 64 KiB of an ISO determines how its installer behaves: `pulumi-lxd: reboot` reboots once
 * before it powers off, `loop` reboots forever, `hang` never ends, `panic` crashes and hangs, `full` runs out of disk
 * space and hangs, `key` starts when a key is pressed on the console, `halt` powers off without writing to the disk.
 * Combined with `pulumi-lxd: unsigned`, secure boot refuses it.
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

/** Reads the file; an unreadable file does not boot. */
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
