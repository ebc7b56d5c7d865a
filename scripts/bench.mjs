// `npm run bench`: measures the provider on a real Incus against baselines that it cannot beat.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, writeFigures } from "./bench/document.mjs";
import { benchDownload } from "./bench/download.mjs";
import { benchGenerated } from "./bench/generated.mjs";
import { benchImport } from "./bench/import.mjs";
import { benchLoad } from "./bench/load.mjs";
import { benchMany } from "./bench/many.mjs";
import { benchPlugin } from "./bench/plugin.mjs";
import { benchRequests } from "./bench/requests.mjs";
import { Site } from "./bench/site.mjs";
import { benchState } from "./bench/state.mjs";
import { benchUnchanged } from "./bench/unchanged.mjs";
import { prepare } from "./prepare.mjs";

const parts = {
  load: benchLoad,
  plugin: benchPlugin,
  requests: benchRequests,
  state: benchState,
  import: benchImport,
  download: benchDownload,
  generated: benchGenerated,
  unchanged: benchUnchanged,
  many: benchMany,
};

/** Parts that measure no daemon. */
const local = ["load", "plugin"];

/**
 * `npm run bench`, or selected parts: `npm run bench -- import many`. `--large` adds an import of 8 GiB and 1,000
 * resources, `--write` writes the figures into docs/benchmarks.md. BENCH_ROUNDS sets the number of rounds.
 */
const { values, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { large: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

async function main() {
  const unknown = chosen.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`No such part: ${unknown.join(", ")}. Parts: ${Object.keys(parts).join(", ")}.`);
  const names = Object.keys(parts).filter((name) => chosen.length === 0 || chosen.includes(name));
  await prepare();
  const site = names.every((name) => local.includes(name)) ? undefined : siteOfDaemon();
  const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-bench-"));
  const rows = [];
  const machine = describeMachine();
  await site?.create();
  try {
    for (const name of names) {
      console.log(`\n── ${name}: interleaved; the medians count`);
      rows.push(...(await parts[name]({ site, dir, rounds, large: values.large })));
    }
    if (values.write) await writeFigures({ rows, machine, site });
  } finally {
    await site?.remove();
    rmSync(dir, { recursive: true, force: true });
  }
  report(rows);
}

function siteOfDaemon() {
  const socket = process.env.INCUS_SOCKET;
  if (!socket) throw new Error("Set INCUS_SOCKET to the socket of a real Incus: that is what is measured.");
  return new Site(socket);
}

/** A row is a measurement, its value, and whether the value is as expected (undefined if there is no expectation). */
function report(rows) {
  console.log("");
  for (const { what, figure, target, met } of rows) {
    const verdict = met === undefined ? "" : met ? `  ok (${target})` : `  MISSED (${target})`;
    console.log(`${what.padEnd(58)} ${figure.padStart(24)}${verdict}`);
  }
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}
