// POST with JSON: an empty volume, or a copy of another.
import { truncateSync, writeFileSync } from "node:fs";

import { timestamp } from "../clock";
import { withoutEmpty } from "../config";
import type { Daemon } from "../context";
import { badRequest, conflict, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { decodeObject } from "../http/decode";
import { type Reply, running } from "../http/reply";
import { requireName } from "../names";
import { requirePool } from "../scope";
import { write } from "../http/write";
import type { Config, ContentType, VolumeRecord } from "../store/records";
import { parseSize } from "../units";
import { keyOf } from "../store/store";
import { volumeProject } from "../used-by";
import { checkVolumeConfig } from "./config";
import { volumeKey, volumeUrl } from "./volume";

const CONTENT_TYPES = ["filesystem", "block", "iso"];
/**
 * The unit to which `dir` rounds up a block volume; a copied ISO volume has the rounded size, an imported one its own.
 */
const BLOCK_BYTES = 8192;

const roundUp = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

const POST = {
  name: "string",
  type: "string",
  content_type: "string",
  description: "string",
  config: "config",
  source: "object",
} as const;

const SOURCE = { type: "string", name: "string", pool: "string", project: "string" } as const;

function isEmptyIsoAllowed(call: Call): boolean {
  return call.daemon.settings.product.kind === "incus";
}

function makeEmpty(call: Call, volume: VolumeRecord): void {
  checkVolumeConfig(volume.config, volume);
  const { store } = call.daemon;
  if (volume.contentType === "iso" && !isEmptyIsoAllowed(call)) {
    throw badRequest("Creation of empty iso volumes is not allowed, either copy or import");
  }
  const size = volume.contentType === "iso" ? parseSize(volume.config["size"] ?? "0") : 0;
  if (volume.contentType === "iso" && size === 0) throw failed("Size cannot be zero");
  writeFileSync(store.volumePath(volume), "");
  truncateSync(store.volumePath(volume), size);
  store.volumes.set(volumeKey(volume), volume);
}

interface CopySource {
  project: string;
  pool: string;
  name: string;
}

/**
 * The config of a copied volume. A specified config replaces the source's and must contain a size; across pools the
 * size becomes the one on disk.
 */
function copiedConfig(source: VolumeRecord, pool: string, given: Config | undefined): Config {
  const size = source.config["size"];
  if (source.contentType === "filesystem" || size === undefined) return given ?? source.config;
  if (source.pool !== pool) return { ...(given ?? source.config), size: String(roundUp(parseSize(size))) };
  if (given !== undefined && parseSize(given["size"] ?? "0") === 0) throw failed("Size cannot be zero");
  return given ?? source.config;
}

/** The target of a copy; it inherits the source's config if it has none. */
export type CopyTarget = Omit<VolumeRecord, "config"> & { config?: Config };

/** Copies the record and then the bytes, in the real daemons' order. */
export async function copyVolume({ store, copies }: Daemon, from: CopySource, to: CopyTarget): Promise<void> {
  if (!store.pools.find(from.pool) || !store.pools.find(to.pool)) throw notFound("Storage pool not found");
  const [name = "", snapshot] = from.name.split("/");
  const source = store.volumes.find(volumeKey({ ...from, name }));
  const isThere = snapshot === undefined || source?.snapshots?.includes(snapshot) === true;
  if (source === undefined || !isThere) {
    const what = `Storage volume "${from.name}" in project "${from.project}" of type "custom"`;
    const reason = `${what} does not exist on pool "${from.pool}": Storage volume not found`;
    throw notFound(`Failed generating volume copy config: ${reason}`);
  }
  const path = store.volumePath(to);
  const config = copiedConfig(source, to.pool, to.config);
  const description = to.description === "" ? source.description : to.description;
  store.volumes.set(volumeKey(to), { ...to, description, contentType: source.contentType, config });
  await copies.copy(store.volumePath(source), path);
  if (source.contentType === "iso") truncateSync(path, parseSize(config["size"] ?? "0"));
}

function startCopy(call: Call, volume: CopyTarget, source: CopySource): Reply {
  const { operations } = call.daemon;
  const run = () => copyVolume(call.daemon, source, volume);
  return running(operations.start({ description: "Copying storage volume", project: volume.project, run }));
}

export async function createVolume(call: Call, project: string): Promise<Reply> {
  const body = await call.json("StorageVolumesPost", POST);
  const type = call.param("type") === "" ? (body.type ?? "") : call.param("type");
  if (type !== "custom") throw badRequest(`Currently not allowed to create storage volumes of type "${type}"`);
  const name = requireName(body.name ?? "", "Storage volume");
  const contentType = body.content_type ?? "filesystem";
  if (!CONTENT_TYPES.includes(contentType)) throw badRequest("Invalid volume content type name");
  const pool = requirePool(call).name;
  const volume: VolumeRecord = {
    project,
    pool,
    name,
    description: body.description ?? "",
    contentType: contentType as ContentType,
    config: withoutEmpty(body.config ?? {}),
    createdAt: timestamp(),
  };
  if (call.daemon.store.volumes.find(keyOf(project, pool, name))) throw conflict("Volume by that name already exists");
  const source = decodeObject(body.source, "StorageVolumeSource", SOURCE);
  if (source.type === "copy") {
    const home = source.project === undefined ? project : volumeProject(call.daemon.store, source.project);
    const from = { project: home, pool: source.pool ?? pool, name: source.name ?? "" };
    const { config: _config, ...target } = volume;
    return startCopy(call, body.config === undefined ? target : volume, from);
  }
  return write(call, {
    asyncSince: "storage_and_profile_operations",
    description: "Creating storage volume",
    project,
    resources: { storage_volumes: [volumeUrl(volume)] },
    run: () => makeEmpty(call, volume),
  });
}
