// The firmware's serial output, as OVMF and SeaBIOS print it on a real Incus.
import type { Attempt, Choice } from "./boot";
import type { Firmware } from "./firmware";

const shell =
  '"EFI Internal Shell" from Fv(7CB8BDC9-F8EB-4F34-AAEA-3EE4AF6516A1)/FvFile(7C04A583-9E3E-4F1C-AD65-E05268D0B4D1)';

/** Lines; the last one may be unterminated. */
export function firmwareWords(choice: Choice): { lines: string[]; prompt?: string } {
  return choice.firmware === "bios" ? { lines: biosWords(choice) } : uefiWords(choice);
}

function uefiWords({ firmware, boot, attempts }: Choice): { lines: string[]; prompt?: string } {
  const lines = attempts.flatMap((attempt, i) => attemptWords(attempt, i));
  return boot.kind === "nothing" ? shellWords(firmware, attempts.length + 1, lines) : { lines };
}

function attemptWords({ device, outcome }: Attempt, i: number): string[] {
  const option = `Boot000${i + 1} "UEFI QEMU QEMU ${device} "`;
  const place = `PciRoot(0x0)/Pci(0x1,0x1)/Pci(0x0,0x0)/Scsi(0x${device === "HARDDISK" ? 0 : i + 1},0x1)`;
  const loading = `BdsDxe: loading ${option} from ${place}`;
  if (outcome === "started") return [loading, `BdsDxe: starting ${option} from ${place}`];
  const failed = `BdsDxe: failed to load ${option} from ${place}: ${outcome}`;
  return outcome === "Access Denied" ? [loading, failed] : [failed];
}

/** The shell, the last resort, which is unsigned. */
function shellWords(firmware: Firmware, number: number, before: string[]): { lines: string[]; prompt?: string } {
  const begun = ["loading", "starting"].map((doing) => `BdsDxe: ${doing} Boot000${number} ${shell}`);
  if (firmware === "uefi") {
    const lines = [...before, ...begun, "\x1b[2J\x1b[01;01H\x1b[01;01HUEFI Interactive Shell v2.2", "EDK II"];
    return { lines, prompt: "\x1b[08;01H\x1b[1m\x1b[33m\x1b[40mShell> \x1b[0m\x1b[37m\x1b[40m" };
  }
  const last = [
    `BdsDxe: failed to start Boot000${number} ${shell}: Security Violation`,
    "BdsDxe: No bootable option or device was found.",
    "BdsDxe: Press any key to enter the Boot Manager Menu.",
  ];
  return { lines: [...before, ...begun, ...last] };
}

function biosWords({ boot, attempts }: Choice): string[] {
  const tried = attempts.flatMap(({ device, outcome }) => {
    const line = `Booting from ${device === "CD-ROM" ? "DVD/CD" : "Hard Disk"}...`;
    if (outcome === "started") return [line];
    const why = device === "CD-ROM" ? "Could not read from CDROM (code 0004)" : "not a bootable disk";
    return [line, `Boot failed: ${why}`];
  });
  const begun = ["\x1bc\x1b[?7l\x1b[2J\x1b[0mSeaBIOS (version 1.16.3)", ...tried];
  return boot.kind === "nothing" ? [...begun, "", "No bootable device."] : begun;
}
