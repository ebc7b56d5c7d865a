// A daemon under test as the instance suites see it: what it can do, what is on it, and resources to drive on it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeEachDaemon, type RawReply, type TestDaemon, tinyImage, tinyIso } from "../harness";
import { grubIso } from "./guests";
import { StackResource } from "../harness/stack";
import { openTerminal } from "../harness/terminal";

/** A virtual machine that installs nothing, as small as real ones can be. */
export const blank = {
  type: "virtual-machine",
  rootDisk: { pool: "default", size: "64MiB" },
  config: { "limits.memory": "256MiB" },
  firmware: "uefi",
  running: false,
};

/** As small as a container of this image can be. */
export const container = (image: string): Record<string, unknown> => ({
  source: { image },
  rootDisk: { pool: "default" },
  config: { "limits.memory": "64MiB" },
});

export interface RawInstance {
  name: string;
  type: string;
  status: string;
  description: string;
  profiles: string[];
  config: Record<string, string>;
  devices: Record<string, Record<string, string>>;
}

type Method = "POST" | "PUT" | "PATCH" | "DELETE";

/** What a guest of an ISO does. */
export type Behaviour = "power off" | "hang" | "reboot" | "loop" | "panic" | "full" | "key" | "unsigned" | "halt";

/** The same for GRUB; `install` is what it does before it ends. */
const scripts: Partial<Record<Behaviour, (install: string) => string>> = {
  "power off": (install) => `${install}\nhalt`,
  // No loader of GRUB's own making is signed.
  unsigned: (install) => `${install}\nhalt`,
  key: (install) => `echo Press any key to begin\nread answer\n${install}\nhalt`,
  halt: () => "echo no answers found\nsleep 2\nhalt",
};

export class Site {
  #count = 0;
  #dir: string | undefined;

  constructor(readonly daemon: TestDaemon) {}

  get prefix(): string {
    return this.daemon.prefix;
  }

  /** The guest and its timing are made up, so that a test can say how it behaves. */
  get isSimulated(): boolean {
    return this.daemon.kind.startsWith("embedded");
  }

  name(): string {
    return this.daemon.name(String(++this.#count));
  }

  /** A test that attaches ISO volumes. */
  testWithIso(title: string, run: () => Promise<void>, timeoutMs = 60_000): void {
    this.daemon.test(title, { needs: ["custom_volume_iso"], timeoutMs }, run);
  }

  /** A test whose guest runs, on a real machine as far as the daemon is real. */
  testWithGuest(title: string, run: () => Promise<void>, timeoutMs = 120_000): void {
    // Every server that has ISO volumes and is tried here also has a QEMU that runs.
    this.daemon.test(title, { needs: ["custom_volume_iso"], timeoutMs }, run);
  }

  /** A test whose guest must do something at a time that only a simulated one keeps to. */
  testWithSimulation(title: string, run: () => Promise<void>): void {
    const missing = (): string | undefined =>
      this.isSimulated ? undefined : "how this guest behaves, and when, can be said of a simulated one only";
    this.daemon.test(title, { missing }, run);
  }

  resource(name = this.name()): StackResource {
    return new StackResource("Instance", name, this.daemon.socket);
  }

  instance(name: string): Promise<RawInstance> {
    return this.get<RawInstance>(`/1.0/instances/${name}`);
  }

  /** The object, or undefined where the daemon has none. */
  async find<T>(path: string): Promise<T | undefined> {
    const { body } = await this.daemon.raw.get(path);
    if (body.type === "error" && body.error_code === 404) return undefined;
    if (body.type === "error") throw new Error(`GET ${path}: ${body.error ?? ""}`);
    return body.metadata as T;
  }

  async get<T>(path: string): Promise<T> {
    const found = await this.find<T>(path);
    if (found === undefined) throw new Error(`GET ${path}: not found`);
    return found;
  }

  /** The answer as it came; an operation is not waited for. */
  send(method: Method, path: string, body?: Buffer | object, headers: Record<string, string> = {}): Promise<RawReply> {
    return this.daemon.raw.send({ method, path, body, headers });
  }

  /** A change, followed to its end; a failure throws. */
  async change(...change: Parameters<Site["send"]>): Promise<Record<string, unknown>> {
    const outcome = await this.daemon.settle(this.send(...change));
    if (!outcome.ok) throw new Error(`${change[0]} ${change[1]}: ${outcome.error}`);
    return outcome.metadata ?? {};
  }

  /** What the installers of real machines do: nothing, as long as nobody looks at the disk. */
  protected get install(): string {
    return "";
  }

  /** A file of this run's own. */
  async file(bytes: Buffer): Promise<string> {
    this.#dir ??= await mkdtemp(join(tmpdir(), "pulumi-lxd-site-"));
    const path = join(this.#dir, String(++this.#count));
    await writeFile(path, bytes);
    return path;
  }

  async removeFiles(): Promise<void> {
    if (this.#dir !== undefined) await rm(this.#dir, { recursive: true });
    this.#dir = undefined;
  }

  switchOff(name: string): Promise<unknown> {
    return this.change("PUT", `/1.0/instances/${name}/state`, { action: "stop", force: true });
  }

  /** What the installer waits for that does this: key. It powers the machine off then. */
  async pressKey(name: string): Promise<void> {
    const terminal = await openTerminal(this.daemon, `/1.0/instances/${name}`);
    // A key is lost if the daemon has not connected the console to the machine yet, or no longer does.
    for (let i = 0; i < 4; i++) {
      terminal.press("\r");
      await sleep(300);
    }
    await terminal.close();
  }

  /** Uploads a small image; returns its fingerprint. */
  async image(mark = "", type: "container" | "virtual-machine" = "container"): Promise<string> {
    const body = tinyImage({ type, properties: { description: `${this.prefix}${mark}` } });
    return String((await this.change("POST", "/1.0/images", body))["fingerprint"]);
  }

  /** Imports an ISO volume that has nothing to boot. */
  async data(name = this.name()): Promise<string> {
    return this.#import(name, tinyIso());
  }

  /** Imports an ISO volume under a name of this run. */
  async iso(behaviour: Behaviour, name = this.name()): Promise<string> {
    const words = behaviour === "power off" ? "" : `pulumi-lxd: ${behaviour}`;
    const script = scripts[behaviour]?.(this.install) ?? "echo waiting for an answer\nsleep 1000";
    return this.#import(name, this.isSimulated ? tinyIso({ bootable: true, marker: words }) : await grubIso(script));
  }

  async #import(name: string, body: Buffer): Promise<string> {
    await this.change("POST", "/1.0/storage-pools/default/volumes/custom", body, {
      "Content-Type": "application/octet-stream",
      [this.daemon.header("name")]: name,
      [this.daemon.header("type")]: "iso",
    });
    return name;
  }
}

/** Declares a suite of instances once for each daemon. */
export function describeInstances(title: string, suite: (site: Site) => void): void {
  describeEachDaemon(title, (daemon) => suite(new Site(daemon)));
}
