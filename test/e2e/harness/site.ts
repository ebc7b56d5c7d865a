// A daemon for end-to-end tests, with a project of its own on it: what a test finds there is what its stack has made.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { startEmbeddedDaemon } from "../../../embedded";
import { settle } from "../../contract/harness/operation";
import { RawClient, type RawReply } from "../../contract/harness/raw";
import { writeTinyIso } from "../../contract/harness/tiny-iso";
import { DaemonCli } from "./cli";
import { makeBootableIso, missingIsoTools } from "./iso";

export interface Volume {
  name: string;
  content_type: string;
  created_at: string;
  description: string;
  config: Record<string, string>;
  used_by: string[];
}

export interface Machine {
  name: string;
  type: string;
  status: string;
  last_used_at: string;
  config: Record<string, string>;
  devices: Record<string, Record<string, string>>;
}

export class Site {
  readonly project = `e2e-${randomBytes(4).toString("hex")}`;
  #socket = "";
  #stop: () => Promise<void> = () => Promise.resolve();

  constructor(readonly kind: "embedded" | "incus") {}

  get socket(): string {
    return this.#socket;
  }

  /** Stack config that leads to this daemon and project. */
  get config(): Record<string, string> {
    return { "lxd:socket": this.socket, "lxd:project": this.project };
  }

  /** Not the provider's client: the one of the daemon's own makers, or plain HTTP where there is none. */
  get cli(): DaemonCli {
    return new DaemonCli("incus", this.socket);
  }

  get raw(): RawClient {
    return new RawClient(() => this.socket);
  }

  async start(): Promise<void> {
    if (this.kind === "incus") this.#socket = process.env["INCUS_SOCKET"] ?? "";
    else await this.#startEmbedded();
    const config = { "features.images": "true", "features.storage.volumes": "true" };
    const { status, body } = await this.raw.post("/1.0/projects", { name: this.project, config });
    if (status >= 300) throw new Error(`no project could be made: ${body.error ?? ""}`);
  }

  /** Only an empty project can be deleted, so this fails if anything was left behind. */
  async end(): Promise<void> {
    const { body } = await this.raw.delete(`/1.0/projects/${this.project}`);
    await this.#stop();
    if (body.type === "error") throw new Error(`left behind in project ${this.project}: ${body.error ?? ""}`);
  }

  async volumes(pool = "default"): Promise<Volume[]> {
    const found = await this.#get<Volume[]>(`/1.0/storage-pools/${pool}/volumes/custom?recursion=1`);
    return found.sort((a, b) => a.name.localeCompare(b.name));
  }

  async machines(): Promise<Machine[]> {
    return this.#get<Machine[]>("/1.0/instances?recursion=1");
  }

  /** Everything that a stack of these tests can have made. */
  async everything(): Promise<string[]> {
    const images = await this.#get<string[]>("/1.0/images");
    const own = [...(await this.volumes()), ...(await this.machines())];
    return [...images, ...own.map(({ name }) => name)].sort();
  }

  /** A bootable ISO at this path, really bootable where machines are real. Another text is another content. */
  async makeIso(dir: string, name: string, text: string): Promise<string> {
    if (this.kind === "incus") return makeBootableIso(dir, { name, text });
    await writeTinyIso(join(dir, name), { bootable: true, marker: text });
    return join(dir, name);
  }

  /** An ISO volume and a machine of this name, which no stack has made. */
  async makeTaken(name: string, iso: string): Promise<void> {
    const [query, bytes] = [`?project=${this.project}`, await readFile(iso)];
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-name": name, "X-Incus-type": "iso" };
    await this.#settle(await this.raw.post(`/1.0/storage-pools/default/volumes/custom${query}`, bytes, headers));
    const devices = { root: { type: "disk", path: "/", pool: "default", size: "16MiB" } };
    const machine = { name, type: "virtual-machine", source: { type: "none" }, profiles: [], devices };
    await this.#settle(await this.raw.post(`/1.0/instances${query}`, machine));
  }

  async removeTaken(name: string): Promise<void> {
    await this.#settle(await this.raw.delete(`/1.0/instances/${name}?project=${this.project}`));
    const volume = `/1.0/storage-pools/default/volumes/custom/${name}?project=${this.project}`;
    await this.#settle(await this.raw.delete(volume));
  }

  async #settle(reply: RawReply): Promise<void> {
    const { ok, error } = await settle(this.raw, reply);
    if (!ok) throw new Error(error);
  }

  async #get<T>(path: string): Promise<T> {
    const own = `${path}${path.includes("?") ? "&" : "?"}project=${this.project}`;
    if (this.kind === "incus") return this.cli.query<T>(own);
    const { status, body } = await this.raw.get(own);
    if (status !== 200) throw new Error(`GET ${own}: ${body.error ?? ""}`);
    return body.metadata as T;
  }

  async #startEmbedded(): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-site-"));
    const daemon = await startEmbeddedDaemon({ dir, guestBootMs: 1500, emptyDefaultProfile: true });
    this.#socket = daemon.socket;
    this.#stop = async () => {
      await daemon.stop();
      await rm(dir, { recursive: true, force: true });
    };
  }
}

/**
 * Defines a suite for the embedded daemon and for real Incus, or for one of them; where there is no Incus it shows as
 * skipped with what is missing.
 */
export function describeEachSite(
  name: string,
  define: (site: Site) => void,
  on: readonly Site["kind"][] = ["embedded", "incus"],
): void {
  for (const kind of on) {
    const missing = kind === "incus" ? missingForIncus() : undefined;
    if (missing !== undefined) {
      describe.skip(`${name} on real Incus: ${missing}`, () => define(new Site(kind)));
      continue;
    }
    describe(`${name} on ${kind === "incus" ? "real Incus" : "the embedded daemon"}`, () => {
      const site = new Site(kind);
      beforeAll(() => site.start());
      afterAll(() => site.end());
      define(site);
    });
  }
}

function missingForIncus(): string | undefined {
  if (!process.env["INCUS_SOCKET"]) return "set INCUS_SOCKET to a real daemon's socket";
  return missingIsoTools();
}
