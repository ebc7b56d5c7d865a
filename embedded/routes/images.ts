// /1.0/images: upload, publish, read, change, export and delete.
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { mergeConfig, withoutEmpty } from "../config";
import type { Call } from "../http/call";
import { decode, type Decoded } from "../http/decode";
import { requireMatch } from "../http/etag";
import { list } from "../http/listing";
import { done, type Reply, running, sync } from "../http/reply";
import type { Route } from "../http/router";
import { dropAliases } from "../images/aliases";
import { exportImage } from "../images/export";
import {
  checkImageProfiles,
  coveredByEtag,
  imageKey,
  imageProject,
  imageUrl,
  imageView,
  requireImage,
} from "../images/image";
import { boundaryOf } from "../images/multipart";
import { createFromJson, IMAGES_POST } from "../images/publish";
import { refreshImage } from "../images/pull";
import { receiveSplit, requestFromHeaders, startUpload } from "../images/upload";
import { NEVER } from "../store/records";
import { sha256, type Spooled, spoolStream } from "../store/spool";

const JSON_LIMIT_BYTES = 4 << 20;

/** The real daemons distinguish JSON from an image by the bytes, not by the Content-Type. */
async function jsonIn(spooled: Spooled): Promise<Decoded<typeof IMAGES_POST> | undefined> {
  if (spooled.sizeBytes > JSON_LIMIT_BYTES) return undefined;
  const text = await readFile(spooled.path, "utf8");
  return text.trimStart().startsWith("{") ? decode(text, "ImagesPost", IMAGES_POST) : undefined;
}

async function createImage(call: Call): Promise<Reply> {
  const project = imageProject(call);
  const boundary = boundaryOf(call.contentType);
  if (boundary !== undefined) {
    const received = await receiveSplit(call, boundary);
    return startUpload(call, requestFromHeaders(call, project, received.rootfs?.filename ?? ""), received);
  }
  const hash = sha256();
  const main = await spoolStream(call.body, call.daemon.store.spoolDir, [hash]);
  const body = await jsonIn(main).catch((error: unknown) => {
    rmSync(main.path, { force: true });
    throw error;
  });
  if (body === undefined) {
    return startUpload(call, requestFromHeaders(call, project, call.productHeader("filename")), { main, hash });
  }
  rmSync(main.path, { force: true });
  return createFromJson(call, project, body);
}

function listImages(call: Call): Reply {
  const { store } = call.daemon;
  const project = call.wantsAllProjects ? undefined : imageProject(call);
  const images = store.images.all().filter((image) => project === undefined || image.project === project);
  return list(
    call,
    images.map((image) => ({ url: imageUrl(image), view: imageView(store, image) })),
  );
}

function getImage(call: Call): Reply {
  const image = requireImage(call);
  return sync(imageView(call.daemon.store, image), coveredByEtag(image));
}

const PUT = {
  public: "bool",
  auto_update: "bool",
  properties: "config",
  expires_at: "string",
  profiles: "strings",
} as const;

/** Replaces everything except the expiry, which stays if it is omitted. */
async function putImage(call: Call): Promise<Reply> {
  const image = requireImage(call, true);
  requireMatch(call.ifMatch, coveredByEtag(image));
  const body = await call.json("ImagePut", PUT);
  const profiles = body.profiles ?? ["default"];
  const { store } = call.daemon;
  checkImageProfiles(store, image.project, profiles);
  const expiresAt = body.expires_at === undefined || body.expires_at === NEVER ? image.expiresAt : body.expires_at;
  store.images.set(imageKey(image), {
    ...image,
    public: body.public ?? false,
    autoUpdate: body.auto_update ?? false,
    properties: withoutEmpty(body.properties ?? {}),
    expiresAt,
    profiles,
    // The real daemons reset it on every change.
    lastUsedAt: NEVER,
  });
  return done();
}

/** Merges properties; ignores expiry and profiles, as the real daemons do. */
async function patchImage(call: Call): Promise<Reply> {
  const image = requireImage(call, true);
  requireMatch(call.ifMatch, coveredByEtag(image));
  const body = await call.json("ImagePut", PUT);
  call.daemon.store.images.set(imageKey(image), {
    ...image,
    public: body.public ?? image.public,
    autoUpdate: body.auto_update ?? image.autoUpdate,
    properties: mergeConfig(image.properties, body.properties),
    lastUsedAt: NEVER,
  });
  return done();
}

function deleteImage(call: Call): Reply {
  const image = requireImage(call, true);
  const { store, operations, events } = call.daemon;
  const { project, fingerprint } = image;
  const run = () => {
    dropAliases(store, project, fingerprint);
    store.images.delete(imageKey(image));
    events.lifecycle("image-deleted", { project, source: imageUrl(image), name: fingerprint });
    if (store.images.all().some((other) => other.fingerprint === fingerprint)) return;
    rmSync(store.imagePath(fingerprint), { force: true });
    rmSync(store.imagePath(fingerprint, ".rootfs"), { force: true });
  };
  const resources = { images: [imageUrl(image)] };
  return running(operations.start({ description: "Deleting image", project, resources, run }));
}

function refresh(call: Call): Reply {
  const image = requireImage(call, true);
  const { project } = image;
  const run = (progress: (metadata: Record<string, unknown>) => void) => refreshImage(call.daemon, image, progress);
  return running(call.daemon.operations.start({ description: "Refreshing image", project, run }));
}

/** Clients on the socket are trusted, so the secret has no effect here; on real daemons it permits one read. */
function secret(call: Call): Reply {
  const image = requireImage(call, true);
  const resources = { images: [imageUrl(image)] };
  const metadata = { secret: randomUUID().replaceAll("-", "") };
  const work = { description: "Image download token", project: image.project, resources, metadata };
  return running(call.daemon.operations.start({ ...work, run: () => undefined }));
}

export const imageRoutes: Route[] = [
  { path: "/1.0/images", GET: listImages, POST: createImage },
  { path: "/1.0/images/{fingerprint}", GET: getImage, PUT: putImage, PATCH: patchImage, DELETE: deleteImage },
  { path: "/1.0/images/{fingerprint}/export", GET: exportImage },
  { path: "/1.0/images/{fingerprint}/refresh", POST: refresh },
  { path: "/1.0/images/{fingerprint}/secret", POST: secret },
];
