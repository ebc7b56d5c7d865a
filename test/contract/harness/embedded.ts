// For tests of what only the embedded daemon has: daemons on a folder of the test's own, and a machine in them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "vitest";

import { type EmbeddedDaemon, type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../../../embedded";
import { settle } from "./operation";
import { at, RawClient, type RawReply } from "./raw";
import { tinyIso, type TinyIsoOptions } from "./tiny-iso";

export const CUSTOM = "/1.0/storage-pools/default/volumes/custom";
/** How long guests boot here. */
export const BOOT_MS = 150;

/** Starts embedded daemons on one folder, which is new for each test. */
export interface Embedded {
  readonly dir: string;
  start(options?: Partial<EmbeddedDaemonOptions>): Promise<EmbeddedDaemon>;
  /** Stops one, or all. */
  stop(daemon?: EmbeddedDaemon): Promise<void>;
}

/** Registers what comes before and after each test of a file. */
export function useEmbedded(): Embedded {
  let dir = "";
  let running: EmbeddedDaemon[] = [];
  const stop = async (daemon?: EmbeddedDaemon) => {
    const ending = running.filter((other) => daemon === undefined || other === daemon);
    running = running.filter((other) => !ending.includes(other));
    await Promise.all(ending.map((other) => other.stop()));
  };
  const start = async (options: Partial<EmbeddedDaemonOptions> = {}) => {
    const daemon = await startEmbeddedDaemon({ dir, guestBootMs: BOOT_MS, emptyDefaultProfile: true, ...options });
    running.push(daemon);
    return daemon;
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-embedded-"));
  });
  afterEach(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    start,
    stop,
    get dir() {
      return dir;
    },
  };
}

export const clientOf = (daemon: EmbeddedDaemon): RawClient => new RawClient(() => daemon.socket);

export const isoHeaders = (name: string, family = "X-Incus") => ({
  "Content-Type": "application/octet-stream",
  [`${family}-name`]: name,
  [`${family}-type`]: "iso",
});

/** A blank machine with this ISO in it, started. */
export async function startMachine(raw: RawClient, options: TinyIsoOptions): Promise<string> {
  const iso = tinyIso(options);
  const done = async (reply: Promise<RawReply>) => {
    expect(await settle(raw, await reply)).toMatchObject({ ok: true });
  };
  await done(raw.post(CUSTOM, iso, isoHeaders("iso")));
  const devices = {
    root: { type: "disk", path: "/", pool: "default" },
    cd: { type: "disk", pool: "default", source: "iso", "boot.priority": "10" },
  };
  const machine = { name: "vm", type: "virtual-machine", source: { type: "none" }, profiles: [], devices, start: true };
  await done(raw.post("/1.0/instances", machine));
  return "/1.0/instances/vm";
}

export const statusOf = async (raw: RawClient, path: string) => at((await raw.get(path)).body, "metadata", "status");

/** The statuses that a machine goes through within some time, without repetitions. */
export async function watch(raw: RawClient, path: string, ms: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  const end = Date.now() + ms;
  while (Date.now() < end) {
    const status = await statusOf(raw, path);
    if (seen.at(-1) !== status) seen.push(status);
    await sleep(10);
  }
  return seen;
}
