// Golden images that are copied to other servers: one that builds, the daemon under test and another that get copies.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type EmbeddedDaemon, type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../../../embedded";
import { type TlsFront, tlsFront } from "../../e2e/harness/tls-front";
import { describeEachDaemon, RawClient, type TestDaemon, textAt, tinyImage } from "../harness";
import { settle } from "../harness/operation";
import { StackResource } from "../harness/stack";
import { ImageServer } from "../image/image-server";
import { randomVersion, type RawImage } from "./site";

type Args = Record<string, unknown>;

/** What one server says. */
export class Server {
  readonly raw: RawClient;

  constructor(
    readonly socket: string,
    readonly prefix: string,
  ) {
    this.raw = new RawClient(() => socket);
  }

  /** The images of this run, or of one golden image of it, the oldest first. */
  async images(prefix = this.prefix): Promise<RawImage[]> {
    const { body } = await this.raw.get("/1.0/images?recursion=1");
    const all = (body.metadata as RawImage[]).filter(({ properties }) => properties["run"]?.startsWith(prefix));
    return all.sort((a, b) => Date.parse(a.uploaded_at) - Date.parse(b.uploaded_at));
  }

  async fingerprints(): Promise<string[]> {
    return (await this.images()).map(({ fingerprint }) => fingerprint);
  }

  async target(alias: string): Promise<unknown> {
    const { body } = await this.raw.get(`/1.0/images/aliases/${alias}`);
    return body.type === "error" ? undefined : textAt(body, "metadata", "target");
  }

  async change(method: "POST" | "PUT" | "DELETE", path: string, body?: object | Buffer): Promise<Args> {
    const type = Buffer.isBuffer(body) ? { headers: { "Content-Type": "application/octet-stream" } } : {};
    const outcome = await settle(this.raw, await this.raw.send({ method, path, body, ...type }));
    if (!outcome.ok) throw new Error(`${method} ${path}: ${outcome.error}`);
    return outcome.metadata ?? {};
  }

  /** Somebody writes on an image. */
  async mark(fingerprint: string, properties: Record<string, string>): Promise<void> {
    const path = `/1.0/images/${fingerprint}`;
    const image = (await this.raw.get(path)).body.metadata as RawImage & { profiles: string[] };
    const { public: isPublic, profiles, expires_at } = image;
    const all = { ...image.properties, ...properties };
    await this.change("PUT", path, { public: isPublic, profiles, expires_at, auto_update: false, properties: all });
  }

  async removeAll(): Promise<void> {
    for (const fingerprint of await this.fingerprints()) await this.change("DELETE", `/1.0/images/${fingerprint}`);
  }
}

/** One golden image. What it builds is put on the server: no machine is needed to see where an image goes. */
export class Published {
  readonly resource: StackResource;
  version = randomVersion();

  constructor(
    readonly builder: Server,
    readonly name: string,
    readonly how: Args,
  ) {
    this.resource = new StackResource("GoldenBuild", name, builder.socket);
  }

  get alias(): string {
    return `${this.name}-alias`;
  }

  args(publishTo: Args[], more: Args = {}): Args {
    const machine = { rootDisk: { pool: "default" }, firmware: "uefi", profiles: [] };
    const iso = { pool: "default", name: "x", digest: `sha256:${this.version}` };
    const image = { aliases: [this.alias], properties: { os: "tiny" } };
    const targets = publishTo.map((target) => ({ ...this.how, ...target }));
    return { version: this.version, iso, machine, image, publishTo: targets, ...more };
  }

  bytes(): Buffer {
    return tinyImage({ type: "virtual-machine", properties: { run: `${this.name}-${this.version}` } });
  }

  /** An image as a run leaves it that has built it. */
  async built(more: Record<string, string> = {}): Promise<string> {
    const { inputs } = await this.resource.check(this.args([]));
    const { fingerprint } = await this.builder.change("POST", "/1.0/images", this.bytes());
    const own = { "user.pulumi.owner": this.resource.urn, "user.pulumi.version": this.version };
    const hash = { "user.pulumi.inputs-hash": String(inputs["inputsHash"]) };
    await this.builder.mark(String(fingerprint), { ...own, ...hash, ...more });
    return String(fingerprint);
  }

  /** Another version of it. */
  async rebuilt(more: Record<string, string> = {}): Promise<string> {
    this.version = randomVersion();
    return this.built(more);
  }
}

export class PublishSite {
  builder = new Server("", "");
  target = new Server("", "");
  /** Another server, which tests may stop; embedded wherever the rest is. */
  other = new Server("", "");
  /** By which targets find the server that builds. */
  pull: Args = {};
  #count = 0;
  readonly #dirs: string[] = [];
  readonly #daemons: EmbeddedDaemon[] = [];
  #front: TlsFront | undefined;

  constructor(readonly daemon: TestDaemon) {
    beforeAll(() => this.#start());
    afterAll(() => this.#stop());
  }

  get isSimulated(): boolean {
    return this.daemon.kind.startsWith("embedded");
  }

  /** Real servers are built on a real one. */
  test(title: string, run: () => Promise<void>): void {
    this.daemon.test(title, { missing: () => (this.isSimulated ? undefined : ImageServer.missing()) }, run);
  }

  testWithSimulation(title: string, run: () => Promise<void>): void {
    const why = "which server does what at which moment is the same on all";
    this.daemon.test(title, { missing: () => (this.isSimulated ? undefined : why) }, run);
  }

  golden(how: Args = this.pull, builder = this.builder): Published {
    return new Published(builder, this.daemon.name(String(++this.#count)), how);
  }

  async startEmbedded(options: Partial<EmbeddedDaemonOptions> = {}): Promise<Server> {
    const dir = await mkdtemp(join(tmpdir(), "publish-to-"));
    const daemon = await startEmbeddedDaemon({ dir, emptyDefaultProfile: true, ...options });
    this.#dirs.push(dir);
    this.#daemons.push(daemon);
    return new Server(daemon.socket, this.daemon.prefix);
  }

  async #start(): Promise<void> {
    const { prefix, socket } = this.daemon;
    this.target = new Server(socket, prefix);
    this.other = await this.startEmbedded();
    if (!this.isSimulated && ImageServer.missing() === undefined) {
      await ImageServer.start();
      this.builder = new Server(process.env["IMAGE_SERVER_SOCKET"] ?? "", prefix);
      return;
    }
    this.builder = await this.startEmbedded();
    this.#front = await tlsFront(this.builder.socket);
    this.pull = { address: `https://${this.#front.address}`, certificate: this.#front.certificate };
  }

  async #stop(): Promise<void> {
    if (!this.isSimulated) await this.builder.removeAll();
    await this.#front?.close();
    for (const daemon of this.#daemons) await daemon.stop();
    for (const dir of this.#dirs) await rm(dir, { recursive: true });
  }
}

export function describePublishing(title: string, suite: (site: PublishSite) => void): void {
  describeEachDaemon(title, (daemon) => suite(new PublishSite(daemon)));
}
