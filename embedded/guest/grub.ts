// Simulates the GRUB menu of a medium on the serial console: it boots automatically unless a key is pressed.
import { setTimeout as sleep } from "node:timers/promises";

import type { Machine } from "./machine";

const lookMs = 20;

interface Menu {
  machine: Pick<Machine, "print" | "prompt" | "key" | "isWatched">;
  /** How long it waits for the first key while no client is connected to the console. */
  countdownMs: number;
  /** Aborted when the instance is stopped from outside. */
  signal: AbortSignal;
}

/** Resolves when the entry is booted, by a key or after the countdown. */
export async function grub({ machine, countdownMs, signal }: Menu): Promise<"key" | "countdown"> {
  machine.print("Welcome to GRUB!", "", "GNU GRUB  version 2.06");
  const over = new AbortController();
  const countdown = countDown(machine, countdownMs, AbortSignal.any([signal, over.signal]));
  let key = await Promise.race([machine.key(), countdown]);
  if (key === undefined) return "countdown";
  countdown.catch(() => undefined);
  over.abort();
  while (key !== "\r" && key !== "c") key = await machine.key();
  if (key === "c") await commandLine(machine);
  return "key";
}

/** A real menu counts seconds; here a connected client would have too little time. */
async function countDown({ isWatched }: Menu["machine"], ms: number, signal: AbortSignal): Promise<undefined> {
  await sleep(ms, undefined, { signal });
  while (isWatched()) await sleep(lookMs, undefined, { signal });
  return undefined;
}

/** Accepts any command without effect, except `boot`. */
async function commandLine({ key: nextKey, prompt }: Menu["machine"]): Promise<void> {
  let line = "";
  prompt("\r\ngrub> ");
  for (;;) {
    const key = await nextKey();
    prompt(key === "\r" ? "\r\n" : key);
    if (key !== "\r") line += key;
    else if (line.trim() === "boot") return;
    else {
      line = "";
      prompt("grub> ");
    }
  }
}
