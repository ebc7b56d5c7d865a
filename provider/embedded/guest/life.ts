// The life of one simulated guest between its start and its power-off.
import { setTimeout as sleep } from "node:timers/promises";

import type { Boot } from "./boot";
import type { Behaviour } from "./iso-file";

/** What a guest can do to the machine that it runs in. */
export interface Machine {
  /** Appends lines to the serial console. */
  print(...lines: string[]): void;
  /** The installer has written the root disk. */
  install(from: string): void;
  /** Off for a moment and on again, as LXD shows a guest's reboot. */
  blip(off: boolean): void;
  powerOff(): void;
  /** Resolves with the next key that is pressed on the console. */
  key(): Promise<string>;
}

interface Life {
  boot: Boot;
  machine: Machine;
  bootMs: number;
  /** Aborted when the machine is stopped from outside. */
  signal: AbortSignal;
}

/** What an installer says that never comes to its end. */
const stuck: Partial<Record<Behaviour, string[]>> = {
  hang: ["installer: waiting for an answer"],
  panic: [
    "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
    "---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100 ]---",
  ],
  full: ["cp: error writing '/target/data': No space left on device", "installer: cannot go on"],
};

async function installFrom(boot: Boot & { kind: "installer" }, { machine, bootMs, signal }: Life): Promise<void> {
  machine.print(`BdsDxe: starting Boot0001 from CD-ROM "${boot.device}"`, `installer: started from ${boot.from}`);
  if (boot.behaviour === "key") await begin({ machine, bootMs, signal });
  await sleep(bootMs, undefined, { signal });
  const lastWords = stuck[boot.behaviour];
  if (lastWords !== undefined) {
    machine.print(...lastWords);
    return;
  }
  while (boot.behaviour === "loop") await reboot({ machine, bootMs, signal });
  machine.install(boot.from);
  machine.print("installer: root disk written");
  if (boot.behaviour === "reboot") await reboot({ machine, bootMs, signal });
  machine.print("reboot: Power down");
  machine.powerOff();
}

/** As Windows' own media do, but asking for as long as it takes. */
async function begin({ machine, bootMs, signal }: Pick<Life, "machine" | "bootMs" | "signal">): Promise<void> {
  const ask = () => machine.print("Press any key to boot from CD or DVD.....");
  ask();
  const timer = setInterval(ask, Math.max(bootMs, 50));
  signal.addEventListener("abort", () => clearInterval(timer));
  const key = await machine.key().finally(() => clearInterval(timer));
  machine.print(`installer: begun by ${JSON.stringify(key)}`);
}

async function reboot({ machine, bootMs, signal }: Pick<Life, "machine" | "bootMs" | "signal">): Promise<void> {
  machine.print("reboot: Restarting system");
  machine.blip(true);
  await sleep(bootMs / 3, undefined, { signal });
  machine.blip(false);
  machine.print('BdsDxe: starting Boot0002 from HARDDISK "root"', "installer: second stage");
  await sleep(bootMs, undefined, { signal });
}

/** Resolves when nothing more will happen by itself. */
export async function live(life: Life): Promise<void> {
  const { boot, machine, bootMs, signal } = life;
  try {
    if (boot.kind === "installer") {
      await installFrom(boot, life);
      return;
    }
    if (boot.kind === "nothing") {
      machine.print(
        'BdsDxe: failed to load Boot0001 "UEFI QEMU QEMU HARDDISK": Not Found',
        "BdsDxe: No bootable option or device was found.",
      );
      return;
    }
    machine.print('BdsDxe: starting Boot0001 from HARDDISK "root"');
    await sleep(bootMs, undefined, { signal });
    machine.print(`system: up, from ${boot.from}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
