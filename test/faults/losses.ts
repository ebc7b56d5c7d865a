// What was lost: how a daemon differs from what the program says, or after a destroy from what others have.
import type { EngineStack } from "./engine";
import type { Verb } from "./scenarios";
import type { Site } from "./site";
import { differences, type Snapshot } from "./snapshot";
import type { Program } from "./stack";

/** What a verb comes to when nothing goes wrong. */
export interface Expected {
  before: Snapshot;
  after: Snapshot;
  /** What others have. */
  others: Snapshot;
  /** UUIDs of instances that are not to be replaced. */
  kept: unknown[];
}

interface Checked {
  site: Site;
  verb: Verb;
  stack: EngineStack;
  expected: Expected;
}

/** Goes on as a user does: with another `up`, or with a `destroy` at once. Empty if nothing was lost. */
export async function lossesOf(checked: Checked, then: "up" | "destroy"): Promise<string[]> {
  const { from, to } = checked.verb;
  const goal = to === "refresh" ? from : to;
  const converged = then === "up" && goal !== undefined ? await converge(checked, goal) : [];
  return [...converged, ...(await destroyed(checked))];
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function converge({ site, stack, expected }: Checked, goal: Program): Promise<string[]> {
  const up = (): Promise<Record<string, string>> => stack.run(goal);
  try {
    await up();
  } catch (error) {
    const again = await up().then(
      () => "the one after it succeeds",
      (other: unknown) => (textOf(other) === textOf(error) ? "and so for ever" : `then: ${textOf(other)}`),
    );
    return [`the next up fails (${again}): ${textOf(error)}`];
  }
  const { objects, identities } = await site.look();
  const wrong = differences(objects, expected.after).map((text) => `after up: ${text}`);
  const uuids = new Set(Object.values(identities).map(({ uuid }) => uuid));
  const lost = expected.kept.filter((uuid) => !uuids.has(uuid)).map(() => "an instance was replaced");
  const steps = await up().catch((error: unknown) => ({ "": textOf(error) }));
  const moved = Object.entries(steps).filter(([, step]) => step !== "same");
  return [...wrong, ...lost, ...moved.map(([name, step]) => `a second up is not the same: ${name} ${step}`)];
}

async function destroyed({ site, stack, verb, expected }: Checked): Promise<string[]> {
  // What was to be imported and is in no state stays its maker's, maybe with a mark on it.
  const isTheirs = verb.before !== undefined && (await stack.isEmpty());
  const theirs = isTheirs ? Object.keys(expected.before).filter((place) => !(place in expected.others)) : [];
  const failed = await stack.run("destroy").then(
    () => [],
    (error: unknown) => [`destroy fails: ${textOf(error)}`],
  );
  const { objects } = await site.look();
  const gone = theirs.filter((place) => !(place in objects)).map((place) => `${place}, of others, is gone`);
  const ours = Object.fromEntries(Object.entries(objects).filter(([place]) => !theirs.includes(place)));
  const left = differences(ours, expected.others);
  return [...failed, ...[...gone, ...left].map((text) => `after destroy: ${text}`)];
}
