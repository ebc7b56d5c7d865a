// Previews an unchanged ISO of 4 GiB: none of it may be read again.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { median, seconds, showSeconds } from "./measure.mjs";
import { ProviderProcess } from "./provider.mjs";
import { makeRandomFile } from "./random-file.mjs";

/** Also includes the daemon's responses and the cached hash; one chunk of the file would be half a MiB. */
const mostBytes = 128 * 1024;

export async function benchUnchanged({ site, dir, rounds }) {
  const file = join(dir, "4GiB.iso");
  await makeRandomFile(file, 4 * 2 ** 30);
  const cache = mkdtempSync(join(dir, "cache-"));
  const args = { pool: "default", source: { file }, allowAnyContent: true };
  try {
    const inputs = await inProcess(site, cache, (provider) => provider.check("volume", args));
    const found = [];
    // A new process each time, as for a real preview.
    for (let i = 0; i < rounds; i++) found.push(await previewAgain({ site, cache, args, inputs }));
    const bytes = Math.max(...found.map((each) => each.bytes));
    const figure = `${showSeconds(median(found.map((each) => each.took)))}, ${bytes} bytes in all`;
    return [{ what: "unchanged ISO of 4 GiB in a preview", figure, target: "none of it read", met: bytes < mostBytes }];
  } finally {
    rmSync(file);
  }
}

async function previewAgain({ site, cache, args, inputs }) {
  return inProcess(site, cache, async (provider) => {
    // Loads here what the first call loads.
    await provider.check("other", { ...args, source: { file: process.execPath } });
    const before = await readBytes(provider);
    const took = await seconds(async () => {
      const { digest } = await provider.check("volume", args, inputs);
      if (digest !== inputs.digest) throw new Error("The unchanged file has another hash.");
    });
    return { took, bytes: (await readBytes(provider)) - before };
  });
}

/** All bytes that the process has read so far, from files and sockets. */
async function readBytes(provider) {
  return Number(/rchar: (\d+)/.exec(await provider.call("", "io"))[1]);
}

async function inProcess(site, cache, work) {
  const provider = new ProviderProcess(site, cache);
  try {
    return await work(provider);
  } finally {
    provider.stop();
  }
}
