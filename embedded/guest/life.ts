// Simulates a guest from its start to its power-off.
import { setTimeout as sleep } from "node:timers/promises";

import type { Boot, Choice } from "./boot";
import { firmwareWords } from "./firmware-words";
import { grub } from "./grub";
import type { Behaviour } from "./iso-file";
import { type Machine } from "./machine";

interface Life {
  choice: Choice;
  machine: Machine;
  bootMs: number;
  /** Aborted when the instance is stopped from outside. */
  signal: AbortSignal;
}

/** The output of an installer that never finishes. */
const stuck: Partial<Record<Behaviour, string[]>> = {
  hang: ["installer: waiting for an answer"],
  panic: [
    "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
    "---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100 ]---",
  ],
  full: ["cp: error writing '/target/data': No space left on device", "installer: cannot go on"],
};

async function installFrom(boot: Boot & { kind: "installer" }, { machine, bootMs, signal }: Life): Promise<void> {
  // Windows media wait for a key; others have a GRUB menu whose countdown is the whole boot time.
  const isAsking = boot.behaviour === "key";
  const begun = isAsking ? "key" : await grub({ machine, countdownMs: bootMs, signal });
  machine.print(`installer: started from ${boot.from}`);
  if (isAsking) await begin({ machine, bootMs, signal });
  if (begun === "key") await sleep(bootMs, undefined, { signal });
  const lastWords = stuck[boot.behaviour];
  if (lastWords !== undefined) {
    machine.print(...lastWords);
    return;
  }
  while (boot.behaviour === "loop") await reboot({ machine, bootMs, signal });
  if (boot.behaviour === "halt") machine.print("installer: no answers found");
  else {
    machine.install(boot.from);
    machine.print("installer: root disk written");
  }
  if (boot.behaviour === "reboot") await reboot({ machine, bootMs, signal });
  machine.print("reboot: Power down");
  machine.powerOff();
}

/** A container has no firmware. */
function greet({ choice, machine }: Life): void {
  if (choice.attempts.length === 0) return;
  const { lines, prompt } = firmwareWords(choice);
  machine.print(...lines);
  if (prompt !== undefined) machine.prompt(prompt);
}

/** Like Windows media, but waits for the key without a time limit. */
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
  machine.print("installer: second stage");
  await sleep(bootMs, undefined, { signal });
}

/** Resolves when nothing more will happen without outside action. */
export async function live(life: Life): Promise<void> {
  const { choice, machine, bootMs, signal } = life;
  const { boot } = choice;
  try {
    greet(life);
    if (boot.kind === "installer") {
      await installFrom(boot, life);
      return;
    }
    if (boot.kind === "nothing") return;
    await sleep(bootMs, undefined, { signal });
    machine.print(`system: up, from ${boot.from}`);
    if (choice.attempts.length > 0) machine.prompt("guest login: ");
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
