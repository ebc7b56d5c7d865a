// Measures many ISO volumes and as many stopped instances against resources that do nothing and against the daemon alone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { inTurns, median, ratioOf, seconds, showSeconds } from "./measure.mjs";
import { Stack } from "./stack.mjs";

/** The number of parallel requests that Pulumi sends by default on two cores. */
const atOnce = 8;

const ours = (dir, count) => `
  const lxd = require("pulumi-lxd");
  for (let i = 0; i < ${count}; i++) {
    new lxd.IsoVolume("iso" + i, { pool: "default", source: { file: ${JSON.stringify(dir)} + "/" + i + ".iso" } });
    new lxd.Instance("vm" + i, {
      type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "16MiB" },
    });
  }
`;

/** The engine's baseline: the same number of minimal resources of the same provider. */
const nothing = (count) => `
  const pulumi = require("@pulumi/pulumi");
  class Nothing extends pulumi.CustomResource {
    constructor(name) {
      super("pulumi-nodejs:dynamic/bench:Nothing", name, { __provider: "exports.handler=()=>require(process.cwd()+'/nothing.js')" });
    }
  }
  require("fs").writeFileSync("nothing.js", \`
    const same = (inputs) => Promise.resolve({ inputs, failures: [] });
    module.exports = {
      check: (olds, news) => same(news), diff: async () => ({ changes: false }), create: async (inputs) => ({ id: "x", outs: inputs }),
      read: async (id, props) => ({ id, props }), delete: async () => {},
    };
  \`);
  for (let i = 0; i < ${2 * count}; i++) new Nothing("nothing" + i);
`;

export const operations = {
  up: ["up", "--yes", "--skip-preview"],
  "preview without change": ["preview", "--expect-no-changes"],
  refresh: ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/**
 * By operation, the most that ours may take of the time of empty resources and of the server alone. Where nothing is
 * said of the server, the time of the empty resources counts alone.
 */
const targets = {
  up: { floor: 1, daemon: 1.5 },
  "preview without change": { floor: 1.1, daemon: 0 },
  refresh: { floor: 1.3, daemon: 0 },
  destroy: { floor: 1, daemon: 1.3 },
};

/** 100 resources; `large` adds 1,000. */
export async function benchMany({ site, dir, rounds, large }) {
  const rows = await manyOf({ site, dir, rounds, count: 50 });
  return large ? [...rows, ...(await manyOf({ site, dir, rounds, count: 500 }))] : rows;
}

async function manyOf({ site, dir, rounds, count }) {
  for (let i = 0; i < count; i++) writeTinyIso(join(dir, `${i}.iso`), `BENCH${i}`);
  const config = { "lxd:socket": site.socket, "lxd:project": site.project };
  const stacks = {
    ours: await Stack.create({ dir, name: `ours-${count}`, program: ours(dir, count), config }),
    nothing: await Stack.create({ dir, name: `nothing-${count}`, program: nothing(count) }),
  };
  const daemon = daemonAlone(site, dir, count);
  const times = {};
  const rows = () =>
    Object.keys(operations).map((name) => {
      const [a, b, c] = ["ours", "nothing", "daemon"].map((who) => times[`${name}, ${who}`]);
      return row({ name, count, ours: a, floor: b, daemon: c });
    });
  const isRestless = () => rows().some(({ figure }) => figure.endsWith("unsteady"));
  for (let round = 0; round < rounds || (round < 3 * rounds && isRestless()); round++) {
    for (const [name, args] of Object.entries(operations)) {
      const taken = await inTurns(1, {
        [`${name}, ours`]: () => stacks.ours.time(...args),
        [`${name}, nothing`]: () => stacks.nothing.time(...args),
      });
      for (const [key, [value]] of Object.entries(taken)) (times[key] ??= []).push(value);
    }
    for (const [name, work] of Object.entries(daemon)) (times[`${name}, daemon`] ??= []).push(await seconds(work));
  }
  return rows();
}

/** The target is a ratio too: ours over the most that is allowed, in each round. */
function row({ name, count, ours, floor, daemon }) {
  const { floor: ofFloor, daemon: ofDaemon } = targets[name];
  const { value, isSteady } = ratioOf(
    ours,
    floor.map((each, round) => ofFloor * each + ofDaemon * daemon[round]),
  );
  const unsteady = isSteady ? "" : ", unsteady";
  return {
    what: `${name}, ${2 * count} resources: ours / nothing / daemon`,
    figure: `${[ours, floor, daemon].map((each) => showSeconds(median(each))).join(" / ")}${unsteady}`,
    target: `at most ${ofFloor} × nothing${ofDaemon === 0 ? "" : ` + ${ofDaemon} × daemon`}`,
    met: value <= 1,
  };
}

/** The minimum work of the daemon for each operation, requested directly. */
function daemonAlone(site, dir, count) {
  const all = Array.from({ length: count }, (_, i) => i);
  const isos = all.map((i) => readFileSync(join(dir, `${i}.iso`)));
  const look = (i) => [
    () => site.send("GET", `/1.0/storage-pools/default/volumes/custom/iso${i}`),
    () => site.send("GET", `/1.0/instances/vm${i}`),
  ];
  return {
    up: () =>
      atMost(all.flatMap((i) => [() => site.createVolume(`iso${i}`, isos[i]), () => site.createMachine(`vm${i}`)])),
    "preview without change": () => Promise.resolve(),
    refresh: () => atMost(all.flatMap(look)),
    destroy: () => atMost(all.flatMap((i) => [() => site.deleteVolume(`iso${i}`), () => site.deleteMachine(`vm${i}`)])),
  };
}

/** Runs all works with limited concurrency. */
async function atMost(works) {
  const left = [...works];
  const worker = async () => {
    for (let work = left.shift(); work !== undefined; work = left.shift()) await work();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
