// What programs of the scenarios stand on: files, images, and what others have on the daemon; and what is done by hand.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { settle } from "../contract/harness/operation";
import { at, type RawReply } from "../contract/harness/raw";
import { tinyImage } from "../contract/harness/tiny-image";
import { tinyIso } from "../contract/harness/tiny-iso";
import type { Site } from "./site";

/** What a user has written into a volume. */
export const data = Buffer.alloc(20_000, "data of a user\n");

const isoNames = ["a", "b", "boot", "boot2"] as const;
const imageNames = ["a", "b", "base", "other"] as const;

export const isoFile = ({ files }: Pick<Place, "files">, name: (typeof isoNames)[number]): string =>
  join(files, `${name}.iso`);

/** The ID of an import, as users write it. */
export function group(name: unknown, path: string): string {
  const hasProject = path === "/1.0/profiles" || path === "/1.0/networks";
  return hasProject ? `default/${String(name)}` : String(name);
}

const octets = { "Content-Type": "application/octet-stream" };
const custom = "/1.0/storage-pools/default/volumes/custom";
const root = { type: "disk", path: "/", pool: "default" };

export class Place {
  readonly files: string;
  readonly isSimulated: boolean;
  readonly #images: Record<string, Buffer>;
  readonly #isos: Record<string, Buffer>;

  constructor(private readonly site: Site) {
    this.files = site.files;
    this.isSimulated = site.isSimulated;
    const iso = (name: string): Buffer => tinyIso({ bootable: name.startsWith("boot"), marker: `faults ${name}` });
    this.#isos = Object.fromEntries(isoNames.map((name) => [name, iso(name)]));
    const image = (name: string): Buffer =>
      tinyImage({ properties: { description: `faults ${name}` }, withoutBusybox: site.isSimulated });
    this.#images = Object.fromEntries(imageNames.map((name) => [name, image(name)]));
    for (const [name, bytes] of Object.entries(this.#isos)) writeFileSync(join(this.files, `${name}.iso`), bytes);
    for (const [name, bytes] of Object.entries(this.#images)) writeFileSync(join(this.files, `${name}.tar.gz`), bytes);
  }

  /** The fingerprint of the image that machines are made of. */
  get base(): string {
    return this.fingerprintOf("base");
  }

  get other(): string {
    return this.fingerprintOf("other");
  }

  readonly fingerprintOf = (name: string): string =>
    createHash("sha256")
      .update(this.#images[name] ?? "")
      .digest("hex");

  readonly uploadImage = (name: string): Promise<void> =>
    this.#done(this.site.raw.post("/1.0/images", this.#images[name], octets));

  readonly importIso = (as: string, name: string): Promise<void> =>
    this.#done(this.site.raw.post(custom, this.#isos[name], { ...octets, "X-Incus-name": as, "X-Incus-type": "iso" }));

  readonly makeVolume = (name: string, more: object = {}): Promise<void> =>
    this.make(custom, { name, type: "custom", content_type: "filesystem", ...more });

  readonly makeContainer = (name: string, config: Record<string, string> = {}): Promise<void> => {
    const source = { type: "image", fingerprint: this.base };
    return this.make("/1.0/instances", { name, profiles: [], devices: { root }, config, source });
  };

  readonly make = (path: string, body: object): Promise<void> => this.#done(this.site.raw.post(path, body));

  readonly writeFile = (instance: string, path: string, text: string): Promise<void> =>
    this.#done(this.site.raw.post(`/1.0/instances/${instance}/files?path=${path}`, Buffer.from(text)));

  /** As a guest that has it mounted. */
  readonly fillVolume = (name: string, bytes: Buffer): Promise<void> => {
    this.site.fillVolume(name, bytes);
    return Promise.resolve();
  };

  /** What others have, much like ours, and what all scenarios need. */
  async others(): Promise<void> {
    await this.make("/1.0/storage-pools", { name: "f-other", driver: "dir", config: {} });
    for (const name of ["base", "other"]) await this.uploadImage(name);
    await this.importIso("medium-others", "a");
    await this.makeVolume("f-data-others");
    await this.fillVolume("f-data-others", data);
    await this.makeContainer("f-ct-others", { "user.pulumi.owner": "urn:pulumi:other::other::x::ct" });
    await this.make("/1.0/instances/f-ct-others/snapshots", { name: "f-before" });
    await this.make("/1.0/images/aliases", { name: "f-others", target: this.base, description: "" });
    await this.make("/1.0/profiles", { name: "f-profile-others", config: { "user.a": "1" } });
    await this.make("/1.0/projects", { name: "f-project-others", config: {} });
  }

  async #done(reply: Promise<RawReply>): Promise<void> {
    const outcome = await settle(this.site.raw, await reply);
    if (!outcome.ok) throw new Error(`by hand: ${outcome.error} ${JSON.stringify(at(outcome.metadata, "err"))}`);
  }
}
