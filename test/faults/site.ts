// A daemon to break things on: brought to a known state, looked at, killed and started again.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../embedded";
import { RawClient } from "../contract/harness/raw";
import { FaultProxy } from "./proxy";
import { digestOf, goldenVersion, Look } from "./snapshot";

export interface Site {
  /** Guests are made up. */
  readonly isSimulated: boolean;
  /** What providers connect to. */
  readonly proxy: FaultProxy;
  readonly raw: RawClient;
  /** For the files that programs name. */
  readonly files: string;
  /** Brings the daemon to what `make` makes of an empty one, and gives what that gave, on JSON's terms. */
  at<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** Empties the daemon. */
  reset(): Promise<void>;
  /** Of what is to come next. */
  setCopyMs(ms: number): Promise<void>;
  /** SIGKILL; it is there again a moment later. */
  killDaemon(): Promise<void>;
  /** Writes into a volume of a pool (default: `default`) as a guest would. */
  fillVolume(name: string, bytes: Buffer, pool?: string): void;
  look(): Promise<Look>;
  dispose(): Promise<void>;
}

/** As the daemon names files. */
const fileName = (name: string): string => encodeURIComponent(name).replaceAll(".", "%2E");

/** Of an image that was published: what is on the disk that it was made of. Others are told by their bytes. */
function bytesOfImage(path: string, isPublished: boolean): unknown {
  if (!isPublished) return digestOf(path);
  const published = /\{"published":.*"disk":(\{.*\})\}\n/.exec(gunzipSync(readFileSync(path)).toString("latin1"));
  return published?.[1] ?? digestOf(path);
}

/** Thousands of folders are made and removed. */
const memory = "/dev/shm";

/** How long a killed daemon is away. */
const awayMs = 20;

export class EmbeddedSite implements Site {
  readonly isSimulated = true;
  readonly #root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "pulumi-lxd-faults-"));
  readonly proxy = new FaultProxy(join(this.#root, "proxy.socket"));
  readonly raw = new RawClient(() => this.#daemon?.socket ?? "");
  readonly files = join(this.#root, "files");
  readonly #made = new Map<string, string>();
  #daemon: EmbeddedDaemon | undefined;

  constructor() {
    mkdirSync(this.files);
  }

  get #dir(): string {
    return join(this.#root, "daemon");
  }

  async at<T>(key: string, make: () => Promise<T>): Promise<T> {
    const saved = join(this.#root, "saved", encodeURIComponent(key));
    const known = this.#made.get(key);
    if (known !== undefined) {
      await this.#replaceBy(saved);
      return JSON.parse(known) as T;
    }
    const made = await make();
    await this.#stop();
    cpSync(this.#dir, saved, { recursive: true });
    this.#made.set(key, JSON.stringify(made));
    await this.#start();
    return made;
  }

  async reset(): Promise<void> {
    await this.#replaceBy(undefined);
  }

  async #replaceBy(saved: string | undefined): Promise<void> {
    await this.proxy.close();
    await this.#daemon?.kill();
    rmSync(this.#dir, { recursive: true, force: true });
    if (saved === undefined) mkdirSync(this.#dir);
    else cpSync(saved, this.#dir, { recursive: true });
    await this.#start();
  }

  async #start(copyMs = 0): Promise<void> {
    this.#daemon = await startEmbeddedDaemon({ dir: this.#dir, guestBootMs: 10, copyMs, emptyDefaultProfile: true });
    this.proxy.daemon = this.#daemon.socket;
    await this.proxy.listen();
  }

  async #stop(): Promise<void> {
    await this.proxy.close();
    await this.#daemon?.stop();
    this.#daemon = undefined;
  }

  async setCopyMs(ms: number): Promise<void> {
    await this.#stop();
    await this.#start(ms);
  }

  async killDaemon(): Promise<void> {
    await this.proxy.close();
    await this.#daemon?.kill();
    await sleep(awayMs);
    await this.#start();
  }

  fillVolume(name: string, bytes: Buffer, pool = "default"): void {
    writeFileSync(join(this.#dir, "storage-pools", pool, "custom", fileName(`default_${name}`)), bytes);
  }

  look(): Promise<Look> {
    return new Look(this.raw, (path, item) => this.#bytesOf(path, item)).everything();
  }

  #bytesOf(path: string, item: Record<string, unknown>): unknown {
    const { name, project, fingerprint } = item;
    if (path === "/1.0/images")
      return bytesOfImage(join(this.#dir, "images", String(fingerprint)), goldenVersion(item) !== undefined);
    const file = fileName(`${String(project)}_${String(name)}`);
    const [, pool] = /^\/1\.0\/storage-pools\/(.*)\/volumes\/custom$/.exec(path) ?? [];
    if (pool !== undefined) return digestOf(join(this.#dir, "storage-pools", pool, "custom", file));
    if (path !== "/1.0/instances") return undefined;
    const record = fileName(`${String(project)}/${String(name)}`);
    const { value } = JSON.parse(readFileSync(join(this.#dir, "database/instances", `${record}.json`), "utf8")) as {
      value: { disk: unknown; snapshots: { disk: unknown }[] };
    };
    return [value.disk, ...value.snapshots.map(({ disk }) => disk)];
  }

  async dispose(): Promise<void> {
    await this.#stop();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
