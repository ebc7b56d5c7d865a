// Times and medians. What is compared is done in turns, so that a busy moment of the machine meets all alike.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const settleMs = 1000;

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Seconds that some work takes.
 * @param {() => Promise<unknown>} work
 */
export async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/**
 * Does each of the works once a round, in the other order each time; returns all times by name.
 * @param {number} rounds
 * @param {Record<string, (round: number) => Promise<number>>} works each returns its own time, without what it readies
 */
export async function inTurns(rounds, works) {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  const names = Object.keys(works);
  for (let round = 0; round < rounds; round++) {
    // Back and forth, so that none always comes right after the same other.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      // What one has left to be written or taken away is not the next one's to wait for.
      execFileSync("sync");
      await sleep(settleMs);
      times[name].push(await works[name](round));
      console.log(`  ${name}: ${times[name].at(-1).toFixed(2)} s`);
    }
  }
  return times;
}

export const showSeconds = (value) => `${value.toFixed(2)} s`;
export const mebibytes = (bytes) => bytes / 2 ** 20;
