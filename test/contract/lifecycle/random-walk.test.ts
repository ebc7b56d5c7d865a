// Random walks over program edits with faults in between, each repeated by its seed.
import { it } from "vitest";
import { Walk } from "./walk";

const steps = Number(process.env["WALK_STEPS"] ?? 12);
const seeds = process.env["WALK_SEED"]?.split("-").map(Number) ?? [1, 6];
const [first = 1, last = first] = seeds;

for (let seed = first; seed <= last; seed++) {
  it(`walk ${seed}`, { timeout: 60_000 + steps * 5_000 }, () => new Walk(seed).run(steps));
}
