// Images that the daemon downloads: from an image server, or from the URL of a single image.
import { rmSync } from "node:fs";
import type { Readable } from "node:stream";

import type { Daemon } from "../context";
import { failed } from "../errors";
import { download, open } from "../image-servers/fetch";
import { findRemoteImage } from "../image-servers/find";
import type { PullSource, RemoteImage } from "../image-servers/remote-image";
import { type ImageRecord, NEVER } from "../store/records";
import { keyOf } from "../store/store";
import { sha256, type Spooled, spoolStream } from "../store/spool";
import { aliasKey } from "./aliases";
import { addImage, type ImageFiles, type ImageRequest } from "./add";
import { checkImageProfiles, imageKey } from "./image";
import { readTarball } from "./metadata";

type Progress = (metadata: Record<string, unknown>) => void;

/** Pulls an image; returns its fingerprint. */
export async function pullImage(daemon: Daemon, request: ImageRequest, source: PullSource): Promise<string> {
  const { store, settings } = daemon;
  const remote = await findRemoteImage(source, settings.product);
  const key = keyOf(request.project, remote.fingerprint);
  const before = store.images.find(key);
  if (before !== undefined) {
    rewrite(daemon, request, before);
    return remote.fingerprint;
  }
  await fetchImage(daemon, request, remote);
  const made = store.images.find(key);
  // Only an image selected by alias can be updated.
  if (made === undefined || source.fingerprint) return remote.fingerprint;
  const { server, protocol, alias, certificate, imageType, project } = source;
  const updateSource = { server, protocol, alias, certificate, imageType, project };
  store.images.set(key, { ...made, autoUpdate: request.autoUpdate, updateSource });
  return remote.fingerprint;
}

/** An existing image is not downloaded, but its record is overwritten by this request. */
function rewrite({ store, settings }: Daemon, request: ImageRequest, before: ImageRecord): void {
  const own = store.aliases
    .all()
    .find(({ project, target }) => project === before.project && target === before.fingerprint);
  if (settings.product.has("image_import_alias") && own !== undefined && request.aliases.length === 0) {
    throw failed(`Alias already exists: ${own.name}`);
  }
  const profiles = request.profiles ?? ["default"];
  checkImageProfiles(store, before.project, profiles);
  const { filename, public: isPublic, autoUpdate } = request;
  const properties = { ...before.properties, ...request.properties };
  store.images.set(imageKey(before), { ...before, filename, public: isPublic, autoUpdate, profiles, properties });
}

async function fetchImage(daemon: Daemon, request: ImageRequest, remote: RemoteImage): Promise<void> {
  const { fingerprint, type, properties, expiresAt } = remote;
  const files = await spooled(daemon, remote.files(), fingerprint);
  try {
    // Another request may have added it meanwhile: the real daemons let the second request wait for the first.
    const known = daemon.store.images.find(keyOf(request.project, fingerprint));
    if (known !== undefined) {
      rewrite(daemon, request, known);
      return;
    }
    // The properties on the server take precedence over those in the image.
    const metadata = { ...files.metadata, properties, expiresAt: expiresAt ?? NEVER };
    addImage(daemon, { ...request, expiresAt: undefined }, { ...files, type, metadata });
  } finally {
    discard(files);
  }
}

/** HEAD returns hash and location, GET the bytes: unified images only. */
export async function pullUrl(daemon: Daemon, request: ImageRequest, url: string): Promise<string> {
  const product = daemon.settings.product.kind === "incus" ? "Incus" : "LXD";
  const { headers } = await open(url, {
    method: "HEAD",
    headers: {
      [`${product}-Server-Architectures`]: "x86_64, i686",
      [`${product}-Server-Version`]: daemon.settings.product.version,
    },
  });
  const [hash, place] = ["hash", "url"].map((name) => headers[`${product.toLowerCase()}-image-${name}`]);
  if (typeof hash !== "string") throw failed(`Missing ${product}-Image-Hash header`);
  if (typeof place !== "string") throw failed(`Missing ${product}-Image-URL header`);
  const known = daemon.store.images.find(keyOf(request.project, hash));
  if (known !== undefined) {
    rewrite(daemon, request, known);
    return hash;
  }
  const files = await spooled(daemon, one(await download(place)), hash);
  try {
    addImage(daemon, request, { ...files, type: files.tarball ?? "container" });
  } finally {
    discard(files);
  }
  return hash;
}

// eslint-disable-next-line @typescript-eslint/require-await -- one file, in the form of several
async function* one(stream: Readable): AsyncGenerator<Readable, void> {
  yield stream;
}

type Spool = Omit<ImageFiles, "type"> & { tarball: ImageFiles["type"] | undefined };

async function spooled(
  { store }: Daemon,
  streams: AsyncGenerator<Readable, void>,
  fingerprint: string,
): Promise<Spool> {
  const hash = sha256();
  const files: Spooled[] = [];
  try {
    for await (const stream of streams) files.push(await spoolStream(stream, store.spoolDir, [hash]));
    const got = hash.digest("hex");
    if (got !== fingerprint) throw failed(`Hash mismatch: ${got} != ${fingerprint}`);
    const [main, rootfs] = files;
    if (main === undefined) throw failed("EOF");
    const { metadata, type } = await readTarball(main.path);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const paths = rootfs === undefined ? { main: main.path } : { main: main.path, rootfs: rootfs.path };
    return { fingerprint, sizeBytes, metadata, tarball: type, ...paths };
  } catch (error) {
    for (const { path } of files) rmSync(path, { force: true });
    throw error;
  }
}

/** Files that were already moved into place are no longer at these paths. */
function discard({ main, rootfs }: Pick<ImageFiles, "main" | "rootfs">): void {
  rmSync(main, { force: true });
  if (rootfs !== undefined) rmSync(rootfs, { force: true });
}

/** Checks whether the alias of a pulled image points to a different image, and replaces it. */
export async function refreshImage(daemon: Daemon, image: ImageRecord, progress: Progress): Promise<void> {
  const { store, settings } = daemon;
  const { updateSource: source, project } = image;
  const now = source === undefined ? undefined : await findRemoteImage(source, settings.product);
  if (source === undefined || now === undefined || now.fingerprint === image.fingerprint) {
    progress({ refreshed: false });
    return;
  }
  const { filename, public: isPublic, profiles } = image;
  const request = { project, filename, public: isPublic, autoUpdate: true, properties: {}, profiles };
  const target = await pullImage(daemon, { ...request, expiresAt: undefined, aliases: [] }, source);
  for (const alias of store.aliases.all()) {
    const isIts = alias.project === project && alias.target === image.fingerprint;
    if (isIts) store.aliases.set(aliasKey(alias), { ...alias, target });
  }
  store.images.delete(imageKey(image));
  rmSync(store.imagePath(image.fingerprint), { force: true });
  rmSync(store.imagePath(image.fingerprint, ".rootfs"), { force: true });
  progress({ refreshed: true });
}
