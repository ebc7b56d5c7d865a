// Measures an ISO image of 2,000 generated files against xorriso, which writes the same tree to a file.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inTurns, ratioRow, seconds } from "./measure.mjs";
import { ProviderProcess } from "./provider.mjs";

const run = promisify(execFile);
const fileCount = 2000;
const fileBytes = 16 * 1024;
const [ours, theirs] = ["generated (check and create)", "xorriso and incus storage volume import"];

export async function benchGenerated({ site, dir, rounds }) {
  const folder = join(dir, "tree");
  for (let i = 0; i < fileCount; i++) {
    const file = join(folder, `part ${i % 40}`, `answer file ${i}.txt`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(fileBytes));
  }
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  const args = { pool: "default", source: { label: "TREE", files: { tree: { folder } } } };
  try {
    // Loads the code, and queries the server.
    await generate({
      site,
      provider,
      args: { ...args, source: { label: "SMALL", files: { "a.txt": { text: "a" } } } },
    });
    const works = {
      [theirs]: () => generateByClient({ site, dir, folder }),
      [ours]: () => generate({ site, provider, args }),
    };
    const times = await inTurns(rounds, works, [[ours, theirs]]);
    const what = `ISO of ${fileCount} files in the server / xorriso, incus`;
    return [ratioRow({ what, ours: times[ours], theirs: times[theirs], most: 1 })];
  } finally {
    provider.stop();
    rmSync(folder, { recursive: true });
  }
}

async function generate({ site, provider, args }) {
  let inputs;
  const took = await seconds(async () => {
    inputs = await provider.check("tree", args);
    await provider.call("IsoVolume", "create", inputs);
  });
  await site.deleteVolume(inputs.name);
  return took;
}

async function generateByClient({ site, dir, folder }) {
  const file = join(dir, "tree.iso");
  const took = await seconds(async () => {
    await run("xorriso", ["-as", "mkisofs", "-quiet", "-J", "-R", "-V", "TREE", "-o", file, folder]);
    const args = ["storage", "volume", "import", "default", file, "by-client", "--type=iso", "--project", site.project];
    await run("incus", [...args, "--quiet"]);
  });
  await site.deleteVolume("by-client");
  rmSync(file);
  return took;
}
