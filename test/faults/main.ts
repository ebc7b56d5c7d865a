// `npm run faults`: as many cases as there is time for, chosen by a seed; what was lost, and how to see it again.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import { type Case, nameOf } from "./cases";
import { CliEngine } from "./cli/cli-engine";
import { inTurns, ofEachKind } from "./choice";
import type { Engine } from "./engine";
import { IncusSite } from "./incus-site";
import { PlayedEngine } from "./played-engine";
import { Runner } from "./runner";
import { EmbeddedSite, type Site } from "./site";
import { add, describe, type Tallies } from "./tally";

const help = `Usage: npm run faults -- [options]

  --seed N        chooses the cases (default: 1)
  --kind KIND     of one kind only: iso-volume, image, container, …
  --only CASE     one case, or all whose name begins so: iso-volume/create/3/cut-after/up
  --verbs N       of each kind only so many verbs
  --count N       at most so many
  --minutes N     at most so long (default: 10)
  --workers N     processes that run them (default: one for each processor)
  --cli           with the real Pulumi CLI in place of an engine that this process plays: some seconds for each run
  --incus DIR     on the real Incus whose INCUS_DIR this is, by one worker. It must be there for this only: whatever it has
                  is deleted, and it is killed`;

const parse = () =>
  parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      kind: { type: "string" },
      only: { type: "string", default: "" },
      verbs: { type: "string", default: "1000000" },
      count: { type: "string", default: "1000000" },
      minutes: { type: "string", default: "10" },
      workers: { type: "string", default: String(availableParallelism()) },
      cli: { type: "boolean", default: false },
      incus: { type: "string" },
      worker: { type: "string" },
      help: { type: "boolean", default: false },
    },
  }).values;

type Values = ReturnType<typeof parse>;

function isAsked(verb: string, { kind, only }: Values): boolean {
  return (kind === undefined || verb.startsWith(`${kind}/`)) && (verb.startsWith(only) || only.startsWith(`${verb}/`));
}

/** Those verbs that fall to this worker, each with a share of what was asked for. */
async function work(index: number, values: Values): Promise<Tallies> {
  const [seed, workers] = [Number(values.seed), workersOf(values)];
  const end = performance.now() + Number(values.minutes) * 60_000;
  const site = values.incus === undefined ? new EmbeddedSite() : new IncusSite(values.incus);
  const tallies: Tallies = {};
  let engine: Engine | undefined;
  try {
    engine = await engineFor(site, values);
    const runner = new Runner(site, engine, seed);
    const cases: Case[] = [];
    const asked = ofEachKind(
      runner.verbs.filter((each) => isAsked(each, values)),
      { count: Number(values.verbs), seed },
    );
    for (const verb of asked.filter((_, i) => i % workers === index)) {
      cases.push(...(await casesOf(runner, verb, tallies)));
    }
    const chosen = inTurns(cases, seed).filter((each) => nameOf(each).startsWith(values.only));
    for (const each of chosen.slice(0, Math.ceil(Number(values.count) / workers))) {
      if (performance.now() < end) await run(runner, each, { tallies, values });
    }
    return tallies;
  } finally {
    await engine?.dispose();
    await site.dispose();
  }
}

async function engineFor({ proxy: { socket } }: Site, { cli }: Values): Promise<Engine> {
  return cli ? CliEngine.create(socket) : new PlayedEngine(socket);
}

async function casesOf(runner: Runner, verb: string, tallies: Tallies): Promise<Case[]> {
  try {
    return await runner.cases(verb);
  } catch (error) {
    add(tallies, verb.split("/")[0] ?? "", { faults: 0, lost: 1, missed: 0, ms: 0 });
    console.log(`LOST ${verb} without any fault\n    ${(error as Error).message}`);
    return [];
  }
}

async function run(runner: Runner, it: Case, { tallies, values }: { tallies: Tallies; values: Values }): Promise<void> {
  const begin = performance.now();
  const { losses, isMissed } = await runner.run(it).catch((error: unknown) => ({
    losses: [(error as Error).message],
    isMissed: false,
  }));
  const lost = losses.length > 0 ? 1 : 0;
  add(tallies, it.scenario, {
    faults: isMissed ? 0 : 1,
    missed: isMissed ? 1 : 0,
    lost,
    ms: performance.now() - begin,
  });
  const again = `${values.cli ? "--cli " : ""}--only ${nameOf(it)} --seed ${values.seed}`;
  if (lost > 0) console.log([`LOST ${again}`, ...losses].join("\n    "));
}

/** A worker's tallies; a worker that ends without any is a failure. */
function worker(index: number): Promise<Tallies> {
  const child = fork(process.argv[1] ?? "", [...process.argv.slice(2), "--worker", String(index)]);
  return new Promise((resolve, reject) => {
    let tallies: Tallies | undefined;
    child.on("message", (message) => (tallies = message as Tallies));
    child.on("exit", (code) => {
      if (tallies === undefined) reject(new Error(`worker ${index} ended with ${code ?? "a signal"}`));
      else resolve(tallies);
    });
  });
}

async function main(): Promise<void> {
  const values = parse();
  if (values.help) console.log(help);
  else if (values.worker !== undefined) process.send?.(await work(Number(values.worker), values), () => process.exit());
  else await lead(values);
}

const workersOf = ({ workers, incus }: Values): number => (incus === undefined ? Number(workers) : 1);

async function lead(values: Values): Promise<void> {
  const all = await Promise.all(Array.from({ length: workersOf(values) }, (_, index) => worker(index)));
  const tallies: Tallies = {};
  for (const each of all) for (const [kind, tally] of Object.entries(each)) add(tallies, kind, tally);
  console.log(describe(tallies));
  process.exitCode = Object.values(tallies).some(({ lost }) => lost > 0) ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
