// Writes the figures of a run into docs/benchmarks.md, with the machine, the versions and the command.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { root } from "../root.mjs";

const page = join(root, "docs/benchmarks.md");
const markers = ["<!-- figures -->", "<!-- end of figures -->"];

/** To be taken before the first measurement. */
export function describeMachine() {
  const [load = 0] = loadavg();
  const kernel = execFileSync("uname", ["-s"], { encoding: "utf8" }).trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${kernel} ${release().split(".").slice(0, 2).join(".")}`,
    load: load.toFixed(1),
    // Other programs would take the time of what is measured.
    isBusy: load > 0.5 * cpus().length,
  };
}

/**
 * @param {{ rows: object[], machine: ReturnType<typeof describeMachine>, site?: import("./site.mjs").Site }} run
 */
export async function writeFigures({ rows, machine, site }) {
  const text = readFileSync(page, "utf8");
  const [before, after] = [text.indexOf(markers[0]), text.indexOf(markers[1])];
  if (before < 0 || after < before)
    throw new Error(`${page} has no place for figures between ${markers.join(" and ")}.`);
  const busy = machine.isBusy ? ["", "**The machine was busy: these figures say little.**"] : [];
  const lines = [
    markers[0],
    "",
    `Measured on ${machine.date} by \`${commandLine()}\`, with a load average of ${machine.load} before the start.`,
    ...busy,
    "",
    `- Machine: ${machine.machine}`,
    `- Versions: ${(await versions(site)).join(", ")}`,
    "",
    "| What | Figure | Target | |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ what, figure, target = "", met }) => `| ${what} | ${figure} | ${target} | ${verdict(met)} |`),
    "",
  ];
  const whole = `${text.slice(0, before)}${lines.join("\n")}${text.slice(after)}`;
  writeFileSync(page, await format(whole, { ...(await resolveConfig(page)), filepath: page }));
}

function commandLine() {
  const args = process.argv.slice(2);
  return ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
}

const verdict = (met) => (met === undefined ? "" : met ? "met" : "missed");

async function versions(site) {
  const require = createRequire(import.meta.url);
  const incus = site && (await site.send("GET", "/1.0")).environment;
  const tools = [
    ["openssl", "version"],
    ["curl", "--version"],
    ["xorriso", "--version"],
  ];
  return [
    `pulumi-lxd ${require("../../package.json").version}`,
    `@pulumi/pulumi ${require("@pulumi/pulumi/package.json").version}`,
    `Node.js ${process.versions.node}`,
    ...(incus ? [`Incus ${incus.server_version} (storage ${incus.storage})`] : []),
    ...tools.map(([tool, flag]) => `${tool} ${versionOf(tool, flag)}`),
  ];
}

function versionOf(tool, flag) {
  try {
    const printed = execFileSync(tool, [flag], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return /\d+(\.\d+)+/.exec(printed)?.[0] ?? "unknown";
  } catch {
    return "(not installed)";
  }
}
