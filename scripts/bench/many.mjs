// Measures 50 ISO volumes and 50 stopped instances against resources that do nothing and against the daemon alone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { inTurns, median, seconds, showSeconds } from "./measure.mjs";
import { Stack } from "./stack.mjs";

const count = 50;
/** The number of parallel requests that Pulumi sends by default on two cores. */
const atOnce = 8;

const ours = (dir) => `
  const lxd = require("pulumi-lxd");
  for (let i = 0; i < ${count}; i++) {
    new lxd.IsoVolume("iso" + i, { pool: "default", source: { file: ${JSON.stringify(dir)} + "/" + i + ".iso" } });
    new lxd.Instance("vm" + i, {
      type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "16MiB" },
    });
  }
`;

/** The engine's baseline: the same number of minimal resources of the same provider. */
const nothing = `
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

const operations = {
  up: ["up", "--yes", "--skip-preview"],
  "preview without change": ["preview", "--expect-no-changes"],
  refresh: ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

export async function benchMany({ site, dir, rounds }) {
  for (let i = 0; i < count; i++) writeTinyIso(join(dir, `${i}.iso`), `BENCH${i}`);
  const config = { "lxd:socket": site.socket, "lxd:project": site.project };
  const stacks = {
    ours: await Stack.create({ dir, name: "ours", program: ours(dir), config }),
    nothing: await Stack.create({ dir, name: "nothing", program: nothing }),
  };
  const daemon = daemonAlone(site, dir);
  const rows = [];
  const times = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(operations)) {
      const taken = await inTurns(1, {
        [`${name}, ours`]: () => stacks.ours.time(...args),
        [`${name}, nothing`]: () => stacks.nothing.time(...args),
      });
      for (const [key, [value]] of Object.entries(taken)) (times[key] ??= []).push(value);
    }
    for (const [name, work] of Object.entries(daemon)) (times[`${name}, daemon`] ??= []).push(await seconds(work));
  }
  for (const name of Object.keys(operations)) {
    const [a, b, c] = ["ours", "nothing", "daemon"].map((who) => median(times[`${name}, ${who}`]));
    const figure = `${showSeconds(a)} / ${showSeconds(b)} / ${showSeconds(c)}`;
    rows.push({ what: `${name}, ${2 * count} resources: ours / nothing / daemon`, figure });
  }
  return rows;
}

/** The minimum work of the daemon for each operation, requested directly. */
function daemonAlone(site, dir) {
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
