// Measures times and medians. Compared operations alternate, so that a busy period of the machine affects all equally.
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
 * Seconds that the work takes.
 * @param {() => Promise<unknown>} work
 */
export async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/**
 * Runs each work once per round, in alternating order; returns all times by name. As long as the ratio of a pair does not
 * stand still, there are more rounds, up to three times as many.
 * @param {number} rounds
 * @param {Record<string, (round: number) => Promise<number>>} works each returns its own time, without its preparation
 * @param {[ours: string, theirs: string][]} pairs
 */
export async function inTurns(rounds, works, pairs = []) {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  const names = Object.keys(works);
  const isRestless = () => pairs.some(([ours, theirs]) => !ratioOf(times[ours], times[theirs]).isSteady);
  for (let round = 0; round < rounds || (round < 3 * rounds && isRestless()); round++) {
    // Alternates the order, so that no work always follows the same other.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      // Pending writes and deletions of one work must not slow the next one.
      execFileSync("sync");
      await sleep(settleMs);
      times[name].push(await works[name](round));
      console.log(`  ${name}: ${times[name].at(-1).toFixed(2)} s`);
    }
  }
  return times;
}

/** The ratio of two times, by rounds. It is steady if all rounds agree, or those of the first half with the others. */
export function ratioOf(ours, theirs) {
  const ratios = ours.map((each, round) => each / theirs[round]);
  const agree = Math.max(...ratios) <= Math.min(...ratios) * (1 + tolerance);
  return { value: median(ratios), isSteady: agree || (ratios.length >= 6 && haveEqualHalves(ratios)) };
}

/**
 * A row of the report: our time over theirs.
 * @param {{ what: string, ours: number[], theirs: number[], most: number }} measured
 */
export function ratioRow({ what, ours, theirs, most }) {
  const { value, isSteady } = ratioOf(ours, theirs);
  const unsteady = isSteady ? "" : `, unsteady after ${ours.length} rounds`;
  const figure = `${showSeconds(median(ours))} / ${showSeconds(median(theirs))} = ${value.toFixed(2)}${unsteady}`;
  return { what, figure, target: `at most ${most}`, met: value <= most };
}

/** Two medians that differ by less than this are the same. */
const tolerance = 0.05;

/**
 * Repeats a measurement until its median stands still: that of the first half of the rounds is that of the second.
 * @param {() => Promise<number>} measure usually returns the ratio of two times that were taken one after the other
 */
export async function steadyMedian(measure, { least = 10, most = 60 } = {}) {
  const values = [];
  let isSteady = false;
  while (values.length < most && !isSteady) {
    values.push(await measure());
    isSteady = values.length >= least && haveEqualHalves(values);
  }
  return { median: median(values), isSteady, rounds: values.length };
}

function haveEqualHalves(values) {
  const middle = Math.floor(values.length / 2);
  const [first, second] = [median(values.slice(0, middle)), median(values.slice(middle))];
  return Math.abs(first - second) <= tolerance * Math.min(first, second);
}

export const showSeconds = (value) => `${value.toFixed(2)} s`;
export const mebibytes = (bytes) => bytes / 2 ** 20;
