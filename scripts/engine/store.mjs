// Stores engines in one ignored folder: each is created once, atomically, by one process at a time.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** No build takes this long; an older lock was left by a process whose ID has been reused. */
const lockLifetimeMs = 30 * 60_000;

/**
 * Fills `dir` by calling `make` with a temporary folder next to it, which is renamed to `dir` once it is complete. An
 * existing `dir` is therefore complete, whatever happened to earlier attempts. Does nothing if it exists.
 * @param {string} dir
 * @param {(temporary: string) => Promise<void>} make
 * @param {(line: string) => void} log
 */
export async function makeOnce(dir, make, log) {
  if (existsSync(dir)) return;
  mkdirSync(dirname(dir), { recursive: true });
  const lock = `${dir}.lock`;
  await takeLock(lock, log);
  try {
    if (existsSync(dir)) return;
    removeLeftovers(dir);
    const temporary = await mkdtemp(`${dir}.tmp-`);
    await make(temporary).catch((error) => {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    });
    moveIntoPlace(temporary, dir);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The lock only saves a second process the work; the rename ensures correctness. */
function moveIntoPlace(temporary, dir) {
  try {
    renameSync(temporary, dir);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
}

function removeLeftovers(dir) {
  for (const name of readdirSync(dirname(dir))) {
    if (name.startsWith(`${basename(dir)}.tmp-`)) rmSync(`${dirname(dir)}/${name}`, { recursive: true, force: true });
  }
}

async function takeLock(lock, log) {
  for (let told = false; ; await sleep(250)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isStale(lock)) {
      rmSync(lock, { force: true });
    } else if (!told) {
      told = true;
      log("Another process is making the Pulumi CLI ready; waiting for it.");
    }
  }
}

function isStale(lock) {
  try {
    const { mtimeMs } = statSync(lock);
    const pid = Number(readFileSync(lock, "utf8"));
    // A lock is empty between its creation and its first byte, so an empty lock is not stale.
    return Date.now() - mtimeMs > lockLifetimeMs || (pid > 0 && !isAlive(pid));
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
