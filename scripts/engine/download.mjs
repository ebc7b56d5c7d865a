// Downloads the official Pulumi CLI of one version and verifies the checksum published with the release.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

/** Short, so that a machine without internet access falls back within seconds. */
const answerTimeoutMs = 5_000;
/** A download that receives nothing for this long is aborted. */
const stallTimeoutMs = 30_000;

/** Locations of the releases, in the order tried. */
const officialSites = (version) => [
  "https://get.pulumi.com/releases/sdk",
  `https://github.com/pulumi/pulumi/releases/download/v${version}`,
];

/**
 * Puts the official CLI with its language hosts into `${into}/bin`.
 * @param {string} into
 * @param {{ version: string, log: (line: string) => void, sites?: string[] }} options
 */
export async function downloadEngine(into, { version, log, sites = officialSites(version) }) {
  const archive = `pulumi-v${version}-${platform()}.tar.gz`;
  const { site, expected } = await findRelease(sites, version, archive);
  const file = join(into, archive);
  log(`Downloading ${site}/${archive} (about 150 MB: seconds to minutes, only this time) …`);
  const actual = await save(`${site}/${archive}`, file, log);
  if (actual !== expected) throw new Error(`${archive} has SHA-256 ${actual}, the release says ${expected}`);
  mkdirSync(join(into, "bin"));
  await promisify(execFile)("tar", ["-xzf", file, "-C", join(into, "bin"), "--strip-components=1"]);
  rmSync(file);
}

function platform() {
  const os = { linux: "linux", darwin: "darwin" }[process.platform];
  const cpu = { x64: "x64", arm64: "arm64" }[process.arch];
  if (!os || !cpu) throw new Error(`there is no archive for ${process.platform} on ${process.arch}`);
  return `${os}-${cpu}`;
}

/** The first site that returns the checksums of this release. */
async function findRelease(sites, version, archive) {
  const failures = [];
  for (const site of sites) {
    try {
      const { body } = await get(`${site}/pulumi-${version}-checksums.txt`);
      const lines = (await new Response(body).text()).split("\n").map((line) => line.trim().split(/\s+/));
      const expected = lines.find(([, name]) => name === archive)?.[0];
      if (expected) return { site, expected };
      failures.push(`${site} lists no ${archive}`);
    } catch (error) {
      failures.push(`${new URL(site).host}: ${reasonOf(error)}`);
    }
  }
  throw new Error(failures.join("; "));
}

/** Saves the contents of the URL; returns their SHA-256. */
async function save(url, file, log) {
  const { body, lengthBytes, abort } = await get(url);
  const hash = createHash("sha256");
  let receivedBytes = 0;
  let shownPercent = 0;
  let stall = setTimeout(abort, stallTimeoutMs);
  const meter = new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(stall);
      stall = setTimeout(abort, stallTimeoutMs);
      hash.update(chunk);
      receivedBytes += chunk.length;
      const percent = lengthBytes ? Math.floor((receivedBytes / lengthBytes) * 100) : 0;
      if (percent >= shownPercent + 25) log(`  ${(shownPercent = percent)} %`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(body), meter, createWriteStream(file)).finally(() => clearTimeout(stall));
  return hash.digest("hex");
}

/** Starts a GET; the short timeout applies only until the response headers arrive. */
async function get(url) {
  const control = new AbortController();
  const abort = () => control.abort(new Error("no answer in time"));
  const timer = setTimeout(abort, answerTimeoutMs);
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
    return { body: response.body, lengthBytes: Number(response.headers.get("content-length") ?? 0), abort };
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` hides the reason of a failure in its cause. */
function reasonOf(error) {
  return error.cause?.code ?? error.cause?.message ?? error.message;
}
