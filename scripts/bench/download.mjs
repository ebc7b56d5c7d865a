// Measures the download of 1 GiB through the hash into the server, against curl piped into Incus' own client.
import { fork, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inTurns, ratioRow, seconds } from "./measure.mjs";
import { ProviderProcess } from "./provider.mjs";
import { makeRandomFile } from "./random-file.mjs";

const run = promisify(execFile);
const self = fileURLToPath(import.meta.url);
const [ours, theirs] = ["download (create)", "curl | incus storage volume import"];

export async function benchDownload({ site, dir, rounds }) {
  const file = join(dir, "download.iso");
  await makeRandomFile(file, 2 ** 30);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  // In a process of its own, as a web server does not take the provider's time.
  const server = fork(self, [file]);
  const provider = new ProviderProcess(site, mkdtempSync(join(dir, "cache-")));
  try {
    const url = await new Promise((resolve) => server.once("message", resolve));
    const source = { url, checksum: `sha256:${hash.digest("hex")}` };
    const args = { pool: "default", source, allowAnyContent: true };
    const works = {
      [theirs]: () => downloadByClient(site, url),
      [ours]: () => downloadByProvider({ site, provider, args }),
    };
    const times = await inTurns(rounds, works, [[ours, theirs]]);
    const what = "download of 1 GiB into the server / curl | incus";
    return [ratioRow({ what, ours: times[ours], theirs: times[theirs], most: 1.1 })];
  } finally {
    provider.stop();
    server.kill();
    rmSync(file);
  }
}

async function downloadByClient(site, url) {
  const importing = `incus storage volume import default /dev/stdin by-client --type=iso --project ${site.project} --quiet`;
  const took = await seconds(() => run("bash", ["-o", "pipefail", "-c", `curl -sSf ${url} | ${importing}`]));
  await site.deleteVolume("by-client");
  return took;
}

async function downloadByProvider({ site, provider, args }) {
  const inputs = await provider.check("volume", args);
  const took = await seconds(() => provider.call("IsoVolume", "create", inputs));
  await site.deleteVolume(inputs.name);
  return took;
}

function serve(file) {
  const size = statSync(file).size;
  const server = createServer((incoming, outgoing) => {
    const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(incoming.headers.range ?? "") ?? [];
    const [start, end] = [Number(from), to === "" ? size - 1 : Math.min(Number(to), size - 1)];
    const isPart = incoming.headers.range !== undefined;
    const range = isPart ? { "Content-Range": `bytes ${start}-${end}/${size}` } : {};
    outgoing.writeHead(isPart ? 206 : 200, { "Content-Length": end - start + 1, "Accept-Ranges": "bytes", ...range });
    if (incoming.method === "HEAD") outgoing.end();
    else pipeline(createReadStream(file, { start, end, highWaterMark: 2 ** 20 }), outgoing).catch(() => undefined);
  });
  server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}/download.iso`));
}

if (process.argv[1] === self) serve(process.argv[2]);
