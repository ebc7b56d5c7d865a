// Measures the import of 1 GiB against Incus' own client, the hash against OpenSSL's, and the memory used.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { inTurns, mebibytes, median, seconds, showSeconds } from "./measure.mjs";
import { ProviderProcess } from "./provider.mjs";
import { makeRandomFile } from "./random-file.mjs";

const run = promisify(execFile);

export async function benchImport({ site, dir, rounds }) {
  const file = join(dir, "1GiB.iso");
  await makeRandomFile(file, 2 ** 30);
  const args = { pool: "default", source: { file }, allowAnyContent: true };
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  try {
    const times = await inTurns(rounds, {
      "openssl dgst -sha256": () => seconds(() => run("openssl", ["dgst", "-sha256", file])),
      "hash (check, nothing remembered)": () => hashAnew({ site, dir, args }),
      "incus storage volume import": () => importByClient(site, file),
      "import (create, hash remembered)": () => importByProvider({ site, provider, args }),
    });
    return [...verdicts(times), await memoryRow({ site, dir, args })];
  } finally {
    provider.stop();
    rmSync(file);
  }
}

async function hashAnew({ site, dir, args }) {
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  try {
    // Loads the code and queries the daemon, so that this is not measured.
    await provider.check("warm-up", { ...args, source: { file: process.execPath } });
    return await seconds(() => provider.check("volume", args));
  } finally {
    provider.stop();
  }
}

async function importByClient(site, file) {
  const args = ["storage", "volume", "import", "default", file, "by-client", "--type=iso", "--project", site.project];
  const took = await seconds(() => run("incus", [...args, "--quiet"]));
  await site.deleteVolume("by-client");
  return took;
}

async function importByProvider({ site, provider, args }) {
  const inputs = await provider.check("volume", args);
  const took = await seconds(() => provider.call("IsoVolume", "create", inputs));
  await site.deleteVolume(inputs.name);
  return took;
}

function verdicts(times) {
  const ratio = (what, ours, theirs, most) => {
    const [a, b] = [median(times[ours]), median(times[theirs])];
    const figure = `${showSeconds(a)} / ${showSeconds(b)} = ${(a / b).toFixed(2)}`;
    return { what, figure, target: `at most ${most}`, met: a / b <= most };
  };
  return [
    ratio("import of 1 GiB / incus", "import (create, hash remembered)", "incus storage volume import", 1.15),
    ratio("hash of 1 GiB / openssl", "hash (check, nothing remembered)", "openssl dgst -sha256", 1.2),
  ];
}

/**
 * The baseline is taken after a small volume was created and deleted; the peak then covers hash and import of the large
 * one.
 */
async function memoryRow({ site, dir, args }) {
  const small = join(dir, "small.iso");
  writeTinyIso(small, "SMALL");
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  try {
    await importByProvider({ site, provider, args: { ...args, source: { file: small } } });
    // The first response starts the measurement.
    await provider.call("", "memory");
    const idle = await provider.call("", "memory");
    await importByProvider({ site, provider, args });
    const { peakBytes } = await provider.call("", "memory");
    const above = mebibytes(peakBytes - idle.residentBytes);
    const figure = `${above.toFixed(0)} MiB above ${mebibytes(idle.residentBytes).toFixed(0)} MiB`;
    return {
      what: "memory of hash and import of 1 GiB",
      figure,
      target: "at most 64 MiB above idle",
      met: above <= 64,
    };
  } finally {
    provider.stop();
  }
}
