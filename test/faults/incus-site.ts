// A real Incus to break things on, which has nothing of anybody else's: it is emptied, killed and started again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { settle } from "../contract/harness/operation";
import { RawClient } from "../contract/harness/raw";
import { daemonOn, type DaemonProcess } from "./daemon-process";
import { FaultProxy } from "./proxy";
import type { Site } from "./site";
import { differences, digestOf, Look, type Snapshot } from "./snapshot";

type Item = Record<string, unknown>;

/** What scenarios write in a guest: all else of its files is the image's, or made by its running. */
const guestFiles = ["root/data", "etc/motd", "tmp/word"];

export class IncusSite implements Site {
  readonly isSimulated = false;
  readonly #root = mkdtempSync(join(tmpdir(), "pulumi-lxd-faults-"));
  readonly proxy = new FaultProxy(join(this.#root, "proxy.socket"));
  readonly raw: RawClient;
  readonly files = join(this.#root, "files");
  readonly #daemon: DaemonProcess;
  /** What the daemon had when it was made what a key names. */
  readonly #made = new Map<string, Snapshot>();

  constructor(private readonly dir: string) {
    mkdirSync(this.files);
    this.raw = new RawClient(() => join(dir, "unix.socket"));
    this.#daemon = daemonOn(dir, this.raw);
    this.proxy.daemon = join(dir, "unix.socket");
  }

  /** A real daemon cannot be put back into a state. That it still is in it is seen, and saves making it. */
  async at<T>(key: string, make: () => Promise<T>): Promise<T> {
    await this.proxy.close();
    const known = this.#made.get(key);
    const isThere = known !== undefined && differences((await this.look()).objects, known).length === 0;
    const made = isThere ? ({} as T) : await this.#make(make);
    // Only of what is the same for all cases nothing else is needed than that it is there.
    if (key === "others" && !isThere) this.#made.set(key, (await this.look()).objects);
    await this.proxy.close();
    await this.proxy.listen();
    return made;
  }

  async #make<T>(make: () => Promise<T>): Promise<T> {
    await this.proxy.listen();
    return make();
  }

  async reset(): Promise<void> {
    for (const { name } of await this.#list("/1.0/projects")) await this.#empty(`project=${String(name)}`);
    await this.#removeAll("/1.0/projects", ({ name }) => name !== "default");
    await this.#removeAll("/1.0/storage-pools", ({ name }) => name !== "default");
    const left = Object.keys((await this.look()).objects).filter((place) => !/\bdefault$/.test(place));
    if (left.length > 0) throw new Error(`could not be removed from the daemon: ${left.join(", ")}`);
  }

  async #empty(query: string): Promise<void> {
    for (const { name } of await this.#list("/1.0/instances", query)) {
      const path = `/1.0/instances/${String(name)}`;
      await settle(this.raw, await this.raw.put(`${path}/state?${query}`, { action: "stop", force: true }));
      await settle(this.raw, await this.raw.delete(`${path}?${query}`));
    }
    await this.#removeAll("/1.0/images", () => true, query);
    await this.#removeAll("/1.0/profiles", ({ name }) => name !== "default", query);
    await this.#removeAll("/1.0/networks", ({ managed }) => managed === true, query);
    for (const { name } of await this.#list("/1.0/storage-pools"))
      await this.#removeAll(`/1.0/storage-pools/${String(name)}/volumes/custom`, () => true, query);
  }

  async #removeAll(path: string, isMeant: (item: Item) => boolean, query = ""): Promise<void> {
    for (const item of (await this.#list(path, query)).filter(isMeant)) {
      const name = encodeURIComponent(String(item["name"] ?? item["fingerprint"]));
      await settle(this.raw, await this.raw.delete(`${path}/${name}?${query}`));
    }
  }

  async #list(path: string, query = ""): Promise<Item[]> {
    return ((await this.raw.get(`${path}?recursion=1&${query}`)).body.metadata ?? []) as Item[];
  }

  /** It copies as fast as it can. */
  setCopyMs(): Promise<void> {
    return Promise.resolve();
  }

  async killDaemon(): Promise<void> {
    await this.proxy.close();
    await this.#daemon.restart();
    await this.proxy.listen();
  }

  fillVolume(name: string, bytes: Buffer): void {
    writeFileSync(join(this.dir, "storage-pools/default/custom", `default_${name}`, "data"), bytes);
  }

  look(): Promise<Look> {
    return new Look(this.raw, (path, item) => this.#bytesOf(path, item)).everything();
  }

  #bytesOf(path: string, item: Item): unknown {
    const { name, project, snapshots } = item as { name: string; project: string; snapshots?: { name: string }[] };
    const [, pool] = /^\/1\.0\/storage-pools\/(.*)\/volumes\/custom$/.exec(path) ?? [];
    if (pool !== undefined) {
      const volume = join(this.dir, "storage-pools", pool, "custom", `${project}_${name}`);
      return digestOf(volume) ?? digestOf(`${volume}.iso`);
    }
    if (path !== "/1.0/instances") return undefined;
    const own = project === "default" ? name : `${project}_${name}`;
    const guest = (folder: string): unknown[] =>
      guestFiles.map((file) => digestOf(join(this.dir, folder, own, "rootfs", file)));
    const taken = (snapshots ?? []).map((snapshot) =>
      guestFiles.map((file) => digestOf(join(this.dir, "containers-snapshots", own, snapshot.name, "rootfs", file))),
    );
    return [guest("containers"), ...taken];
  }

  async dispose(): Promise<void> {
    await this.proxy.close();
    await this.reset();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
