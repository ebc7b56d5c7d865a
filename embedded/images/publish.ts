// Publishes a stopped instance as an image: a real tarball with the contents of the simulated guest's disk.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { type Decoded, decodeObject } from "../http/decode";
import { type Reply, running } from "../http/reply";
import { findInstance } from "../instances/instance";
import type { InstanceRecord } from "../store/records";
import { keyOf } from "../store/store";
import { addImage, type ImageRequest } from "./add";
import { packDisk } from "./disk";
import { parseMetadata } from "./metadata";
import { pullImage, pullUrl } from "./pull";
import { packTar } from "./tar";

export const IMAGES_POST = {
  source: "object",
  filename: "string",
  public: "bool",
  auto_update: "bool",
  properties: "config",
  expires_at: "string",
  profiles: "strings",
  aliases: "objects",
} as const;

const SOURCE = {
  type: "string",
  name: "string",
  url: "string",
  mode: "string",
  server: "string",
  protocol: "string",
  alias: "string",
  fingerprint: "string",
  certificate: "string",
  secret: "string",
  image_type: "string",
  project: "string",
} as const;

/** The daemons write the requested properties into the image, merged with those of the instance's own image. */
function metadataOf(instance: InstanceRecord, { properties, expiresAt }: ImageRequest): string {
  return JSON.stringify({
    architecture: instance.architecture,
    creation_date: Math.floor(new Date().getTime() / 1000),
    properties: { ...instance.disk.properties, ...properties },
    ...(expiresAt === undefined ? {} : { expiry_date: Math.floor(Date.parse(expiresAt) / 1000) }),
  });
}

function pack(instance: InstanceRecord, metadata: string): Buffer {
  const { state, from } = instance.disk;
  const note = { published: new Date().toISOString(), instance: instance.name, disk: { state, from } };
  const content = `${JSON.stringify(note)}\n`;
  const root =
    instance.type === "virtual-machine"
      ? [{ path: "rootfs.img", content: packDisk(content, state !== "blank") }]
      : [{ path: "rootfs/" }, { path: "rootfs/disk.json", content }];
  return gzipSync(packTar([{ path: "metadata.yaml", content: metadata }, ...root]));
}

function sourceOf(call: Call, name: string): InstanceRecord {
  const [instanceName = "", snapshotName] = name.split("/");
  const instance = findInstance(call.daemon.store, { project: call.project, name: instanceName });
  if (snapshotName === undefined) {
    if (instance.status !== "Stopped") throw failed("Cannot export a running instance as an image");
    return instance;
  }
  const snapshot = instance.snapshots.find((item) => item.name === snapshotName);
  if (snapshot === undefined) throw notFound("Instance snapshot not found");
  return { ...instance, ...snapshot, name };
}

function requestOf(body: Decoded<typeof IMAGES_POST>, project: string): ImageRequest {
  const alias = { name: "string", description: "string" } as const;
  const aliases = (body.aliases ?? []).map((item) => decodeObject(item, "ImageAlias", alias));
  return {
    project,
    filename: body.filename ?? "",
    public: body.public ?? false,
    autoUpdate: body.auto_update ?? false,
    properties: body.properties ?? {},
    profiles: body.profiles,
    expiresAt: body.expires_at,
    aliases: aliases.map(({ name = "", description = "" }) => ({ name, description })),
  };
}

type Work = (progress: (metadata: Record<string, unknown>) => void) => Promise<void>;

/** Sources that are downloaded. */
function fetching(call: Call, request: ImageRequest, source: Decoded<typeof SOURCE>): Work | undefined {
  const { daemon } = call;
  const done = (fingerprint: string): Record<string, unknown> => {
    const size = daemon.store.images.find(keyOf(request.project, fingerprint))?.sizeBytes;
    return { fingerprint, size: String(size) };
  };
  if (source.type === "url") {
    return async (progress) => progress(done(await pullUrl(daemon, request, source.url ?? "")));
  }
  if (source.type !== "image") return undefined;
  const { server, image_type: imageType, ...rest } = source;
  // A real Incus crashes here, with everything that it runs.
  if (!server) throw failed("a pull without a server ends a real daemon");
  const protocol = source.protocol || daemon.settings.product.kind;
  const known = daemon.settings.product.kind === "incus" ? ["incus", "lxd", "simplestreams"] : ["lxd", "simplestreams"];
  return async (progress) => {
    if (!known.includes(protocol)) throw failed(`Unsupported protocol: ${protocol}`);
    if (!source.alias && !source.fingerprint)
      throw failed("must specify one of alias or fingerprint for init from image");
    progress(done(await pullImage(daemon, request, { ...rest, server, protocol, imageType })));
  };
}

/** POST with JSON: the daemon downloads the image or publishes an instance. */
export function createFromJson(call: Call, project: string, body: Decoded<typeof IMAGES_POST>): Reply {
  const source = decodeObject(body.source, "ImagesPostSource", SOURCE);
  const request = requestOf(body, project);
  const fetch = fetching(call, request, source);
  if (fetch !== undefined) {
    return running(call.daemon.operations.start({ description: "Downloading image", project, run: fetch }));
  }
  const kinds = ["instance", "container", "virtual-machine", "snapshot"];
  if (!kinds.includes(source.type ?? "")) throw failed("Invalid images JSON");
  const run = (progress: (metadata: Record<string, unknown>) => void) => {
    if (!source.name) throw failed("No source provided");
    const instance = sourceOf(call, source.name);
    const text = metadataOf(instance, request);
    const tarball = pack(instance, text);
    const fingerprint = createHash("sha256").update(tarball).digest("hex");
    const main = join(call.daemon.store.spoolDir, fingerprint);
    writeFileSync(main, tarball);
    progress({ fingerprint, size: String(tarball.length) });
    const metadata = parseMetadata(text);
    addImage(call.daemon, request, { fingerprint, sizeBytes: tarball.length, metadata, type: instance.type, main });
  };
  return running(call.daemon.operations.start({ description: "Downloading image", project, run }));
}
