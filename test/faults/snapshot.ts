// Everything that a daemon has, with its bytes, as its API and its disks say: nothing of ours has a part in it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { type RawClient } from "../contract/harness/raw";

type Item = Record<string, unknown>;

/** One line of text for each object, by the object's place. */
export type Snapshot = Record<string, string>;

/** What is another in every run, and does not matter. */
const passing =
  /^(created_at|last_used_at|uploaded_at|used_by|status_code|location|expanded_.*|state|backups|locations|modifiedAt)$/;
const passingConfig = /^volatile\.|^image\.serial$/;
/** Chosen at random. */
const randomValue = /^user\.pulumi\.claim\./;

function withoutPassing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPassing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !passing.test(key) && !passingConfig.test(key));
  return Object.fromEntries(
    entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, randomValue.test(key) ? "?" : withoutPassing(part)]),
  );
}

const sameForAll = { fingerprint: "?", size: "?", filename: "?" };

/** A published image is never the same twice, so its version stands for it. */
export function goldenVersion({ properties }: Item): string | undefined {
  const { version } = (properties ?? {}) as Record<string, string>;
  return version === undefined ? undefined : `version ${version}`;
}

export interface Identity {
  uuid: unknown;
  createdAt: unknown;
}

export class Look {
  readonly objects: Snapshot = {};
  /** By the place of an instance. */
  readonly identities: Record<string, Identity> = {};

  constructor(
    private readonly raw: RawClient,
    /** What an object consists of, beyond what the API says of it. */
    private readonly bytesOf: (path: string, item: Item) => unknown,
  ) {}

  async everything(): Promise<this> {
    const projects = (await this.#list("/1.0/projects")).map(({ name }) => String(name));
    await this.#add("/1.0/projects");
    await this.#add("/1.0/storage-pools");
    for (const project of projects) await this.#project(`project=${project}`);
    return this;
  }

  async #project(query: string): Promise<void> {
    await this.#add("/1.0/profiles", query);
    await this.#add("/1.0/networks", query);
    await this.#add("/1.0/images", query);
    await this.#add("/1.0/instances", `${query}&recursion=2`);
    for (const { name } of await this.#list("/1.0/storage-pools")) {
      await this.#add(`/1.0/storage-pools/${String(name)}/volumes/custom`, query);
    }
  }

  async #list(path: string, query = ""): Promise<Item[]> {
    const { body } = await this.raw.get(`${path}?${query.includes("recursion") ? query : `recursion=1&${query}`}`);
    if (body.type !== "sync") throw new Error(`GET ${path}: ${body.error ?? "no answer"}`);
    return (body.metadata ?? []) as Item[];
  }

  async #add(path: string, query = ""): Promise<void> {
    for (const item of await this.#list(path, query)) {
      const bytes = this.bytesOf(path, item);
      const golden = goldenVersion(item);
      const place = `${path}/${String(item["name"] ?? golden ?? item["fingerprint"])}`.replace("/1.0/", "");
      const project = typeof item["project"] === "string" ? `${item["project"]}:` : "";
      const config = item["config"] as Record<string, string> | undefined;
      if (path.endsWith("instances"))
        this.identities[project + place] = { uuid: config?.["volatile.uuid"], createdAt: item["created_at"] };
      const isManaged = item["managed"] !== false;
      if (isManaged)
        this.objects[project + place] = JSON.stringify(
          withoutPassing([golden === undefined ? item : { ...item, ...sameForAll }, bytes]),
        );
    }
  }
}

/** A digest of a file, or of all files of a folder with their names; undefined where there is nothing. */
export function digestOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const hash = createHash("sha256");
  if (stat.isFile()) return hash.update(readFileSync(path)).digest("hex").slice(0, 16);
  for (const name of readdirSync(path).sort()) hash.update(`${name} ${digestOf(join(path, name)) ?? "-"}\n`);
  return hash.digest("hex").slice(0, 16);
}

/** In which places two differ, in words. */
export function differences(found: Snapshot, desired: Snapshot): string[] {
  const places = [...new Set([...Object.keys(desired), ...Object.keys(found)])].sort();
  return places.flatMap((place) => {
    const [is, should] = [found[place], desired[place]];
    if (is === should) return [];
    if (is === undefined) return [`${place} is missing`];
    if (should === undefined) return [`${place} is too much: ${is}`];
    return [`${place} differs:\n      is        ${is}\n      should be ${should}`];
  });
}
