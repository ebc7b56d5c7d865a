// Which cases are run: of each kind about as many, and the same ones for the same seed.
import type { Case } from "./cases";
import { Random } from "./random";

/** All of them, in the order in which they are worth their time. */
export function inTurns(cases: readonly Case[], seed: number): Case[] {
  const random = new Random(seed);
  const kinds = [...new Set(cases.map(({ scenario }) => scenario))];
  const queues = kinds.map((kind) => random.shuffled(cases.filter(({ scenario }) => scenario === kind)));
  const turns: Case[] = [];
  for (let turn = 0; turns.length < cases.length; turn++) {
    for (const queue of queues) turns.push(...queue.slice(turn, turn + 1));
  }
  return turns;
}

/** So many verbs of each kind. */
export function ofEachKind(verbs: readonly string[], { count, seed }: { count: number; seed: number }): string[] {
  const random = new Random(seed);
  const kindOf = (verb: string): string => verb.split("/")[0] ?? "";
  const kinds = [...new Set(verbs.map(kindOf))];
  return kinds.flatMap((kind) => random.shuffled(verbs.filter((verb) => kindOf(verb) === kind)).slice(0, count));
}
