// A daemon under test as the image suites see it: what is on it by the raw API, and resources to drive on it.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { describeEachDaemon, type TestDaemon, tinyImage, type TinyImageOptions, usual } from "../harness";
import { StackResource } from "../harness/stack";

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

export type Wire = Record<string, unknown> & {
  fingerprint: string;
  properties: Record<string, string>;
  aliases: { name: string; description: string }[];
};

/** LXD 5.21.7 fetches them, and then can make no instance of them; 6.9 and newer refuse. */
export function noUrls({ product, version }: TestDaemon): string | undefined {
  const isWithout = product === "lxd" && /^(5\.21\.7|6\.(9|\d\d)(\..*)?)$/.test(version);
  return isWithout ? `LXD ${version} has no good images from URLs` : undefined;
}

/** Each test has a file of its own, with content of its own. */
export class Site {
  dir = "";
  file = "";
  bytes: Buffer = Buffer.alloc(0);
  count = 0;

  constructor(readonly daemon: TestDaemon) {
    beforeAll(async () => {
      this.dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-image-"));
    });
    afterAll(() => rm(this.dir, { recursive: true, force: true }));
    beforeEach(async () => {
      this.file = join(this.dir, `${++this.count}.tar.gz`);
      await this.write(this.content());
    });
  }

  /** Bytes of an image that nobody else has. */
  content(mark = "", more: TinyImageOptions = {}): Buffer {
    return tinyImage({ ...more, properties: { os: "tiny", run: this.name(mark) } });
  }

  async write(bytes: Buffer): Promise<void> {
    this.bytes = bytes;
    await writeFile(this.file, bytes);
  }

  /** A name of this test's own. */
  name(suffix = ""): string {
    return this.daemon.name(`${this.count}${suffix}`);
  }

  resource(suffix = ""): StackResource {
    return new StackResource("Image", this.name(suffix), this.daemon.socket);
  }

  args(more: object = {}): Record<string, unknown> {
    return { source: { file: this.file }, ...more };
  }

  /** The image, or undefined where the daemon has none. */
  async find(fingerprint = sha256(this.bytes), project = "default"): Promise<Wire | undefined> {
    const { status, body } = await this.daemon.raw.get(`/1.0/images/${fingerprint}?project=${project}`);
    return status === 404 ? undefined : (body.metadata as Wire);
  }

  async image(fingerprint = sha256(this.bytes)): Promise<Wire> {
    const found = await this.find(fingerprint);
    if (found === undefined) throw new Error("the image is not on the daemon");
    return found;
  }

  /** Which image an alias names. */
  async target(alias: string): Promise<unknown> {
    const { status, body } = await this.daemon.raw.get(`/1.0/images/aliases/${encodeURIComponent(alias)}`);
    return status === 404 ? undefined : (body.metadata as Wire)["target"];
  }

  /** All images of this run. */
  async fingerprints(): Promise<string[]> {
    const { body } = await this.daemon.raw.get("/1.0/images?recursion=1");
    const ours = (body.metadata as Wire[]).filter((i) => i.properties["run"]?.startsWith(this.daemon.prefix));
    // Servers list images in no order.
    return ours.map((each) => each.fingerprint).sort();
  }

  /** An image that somebody else brings. */
  async upload(content: Buffer, more: Record<string, string> = {}): Promise<string> {
    const headers = { "Content-Type": "application/octet-stream", ...more };
    const outcome = await this.daemon.settle(this.daemon.raw.post("/1.0/images", content, headers));
    if (!outcome.ok) throw new Error(outcome.error);
    return sha256(content);
  }

  /** A change of the image's record by hand. */
  async put(change: object): Promise<void> {
    const { properties, public: isPublic, auto_update, profiles, expires_at, fingerprint } = await this.image();
    const full = { properties, public: isPublic, auto_update, profiles, expires_at, ...change };
    expect(await this.daemon.settle(this.daemon.raw.put(`/1.0/images/${fingerprint}`, full))).toMatchObject({
      ok: true,
    });
  }

  /** Deletes by hand. */
  async remove(path = `/1.0/images/${sha256(this.bytes)}`): Promise<void> {
    expect(await this.daemon.settle(this.daemon.raw.delete(path))).toMatchObject({ ok: true });
  }

  /** An alias that somebody else makes. */
  async point(name: string, target: string): Promise<void> {
    const body = { name, target, description: "by hand" };
    expect(await this.daemon.settle(this.daemon.raw.post("/1.0/images/aliases", body))).toMatchObject({ ok: true });
  }

  async project(suffix: string): Promise<string> {
    const name = this.name(suffix);
    const made = await this.daemon.raw.post("/1.0/projects", { name, config: { "features.images": "true" } });
    expect(made.body.type).toBe("sync");
    return name;
  }
}

/** Declares a suite of images once for each daemon. */
export function describeImages(title: string, suite: (site: Site) => void, on = usual): void {
  describeEachDaemon({ name: title, on }, (daemon) => suite(new Site(daemon)));
}
