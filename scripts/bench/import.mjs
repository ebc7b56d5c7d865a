// Measures imports against Incus' own client, the hash against OpenSSL's, and the memory used.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { inTurns, mebibytes, ratioRow, seconds } from "./measure.mjs";
import { ProviderProcess } from "./provider.mjs";
import { makeRandomFile } from "./random-file.mjs";

const run = promisify(execFile);

const names = {
  openssl: "openssl dgst -sha256",
  hash: "hash (check, nothing remembered)",
  client: "incus storage volume import",
  create: "import (create, hash remembered)",
};

/** `large` adds a file of 8 GiB. */
export async function benchImport({ site, dir, rounds, large }) {
  const rows = await importOf({ site, dir, rounds, gibibytes: 1 });
  return large ? [...rows, ...(await importOf({ site, dir, rounds, gibibytes: 8 }))] : rows;
}

async function importOf({ site, dir, rounds, gibibytes }) {
  const file = join(dir, `${gibibytes}GiB.iso`);
  await makeRandomFile(file, gibibytes * 2 ** 30);
  const args = { pool: "default", source: { file }, allowAnyContent: true };
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  const works = {
    [names.openssl]: () => seconds(() => run("openssl", ["dgst", "-sha256", file])),
    [names.hash]: () => hashAnew({ site, dir, args }),
    [names.client]: () => importByClient(site, file),
    [names.create]: () => importByProvider({ site, provider, args }),
  };
  try {
    const times = await inTurns(rounds, works, [
      [names.hash, names.openssl],
      [names.create, names.client],
    ]);
    const size = `${gibibytes} GiB`;
    const [ours, theirs] = [times[names.create], times[names.client]];
    return [
      ratioRow({ what: `import of ${size} / incus`, ours, theirs, most: 1.05 }),
      ratioRow({ what: `hash of ${size} / openssl`, ours: times[names.hash], theirs: times[names.openssl], most: 1.2 }),
      await memoryRow({ site, dir, args, size }),
    ];
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

/**
 * The baseline is taken after a small volume was created and deleted; the peak then covers hash and import of the large
 * one.
 */
async function memoryRow({ site, dir, args, size }) {
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
    const what = `memory of hash and import of ${size}`;
    return { what, figure, target: "at most 32 MiB above idle", met: above <= 32 };
  } finally {
    provider.stop();
  }
}
