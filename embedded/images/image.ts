// Finds images and renders them for the API.
import { failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { effectiveProject, requireProject } from "../scope";
import type { ImageRecord, UpdateSource } from "../store/records";
import { keyOf, type Store } from "../store/store";

export const imageKey = (image: Pick<ImageRecord, "project" | "fingerprint">): string =>
  keyOf(image.project, image.fingerprint);

export const imageUrl = (image: Pick<ImageRecord, "project" | "fingerprint">): string =>
  urlOf(["images", image.fingerprint], image.project);

function aliasesOf(store: Store, image: ImageRecord): { name: string; description: string }[] {
  return store.aliases
    .all()
    .filter((alias) => alias.project === image.project && alias.target === image.fingerprint)
    .sort((a, b) => a.serial - b.serial)
    .map(({ name, description }) => ({ name, description }));
}

export function imageView(store: Store, image: ImageRecord): Record<string, unknown> {
  return {
    auto_update: image.autoUpdate,
    properties: image.properties,
    public: image.public,
    expires_at: image.expiresAt,
    profiles: image.profiles,
    aliases: aliasesOf(store, image),
    architecture: image.architecture,
    cached: false,
    filename: image.filename,
    fingerprint: image.fingerprint,
    size: image.sizeBytes,
    type: image.type,
    created_at: image.createdAt,
    last_used_at: image.lastUsedAt,
    uploaded_at: image.uploadedAt,
    project: image.project,
    ...(image.updateSource && { update_source: sourceView(image.updateSource) }),
  };
}

function sourceView({ server, protocol, alias = "", certificate = "", imageType = "" }: UpdateSource): object {
  return { server, protocol, alias, certificate, image_type: imageType };
}

/** The fields covered by the ETag. */
export const coveredByEtag = (image: ImageRecord) => ({
  public: image.public,
  auto_update: image.autoUpdate,
  properties: image.properties,
});

/** The project that stores the images of the requested project. */
export function imageProject(call: Call): string {
  return effectiveProject(
    requireProject(call, () => "Check if project has images: fetch project: "),
    "images",
  );
}

/** By fingerprint or prefix: any prefix on Incus, at least twelve lower-case digits on LXD. */
export function findImage(call: Call, project: string, prefix: string): ImageRecord | undefined {
  const { store, settings } = call.daemon;
  const exact = store.images.find(keyOf(project, prefix));
  if (exact || prefix === "") return exact;
  const isLxd = settings.product.kind === "lxd";
  const desired = isLxd ? prefix : prefix.toLowerCase();
  const found = store.images
    .all()
    .filter((image) => image.project === project && image.fingerprint.startsWith(desired));
  if (found.length > 1) throw failed("More than one image matches");
  return found[0];
}

/** The image in the path; if it is absent, the error of GET contains its name, that of a write does not. */
export function requireImage(call: Call, isWrite = false): ImageRecord {
  const prefix = call.param("fingerprint");
  const image = findImage(call, imageProject(call), prefix);
  if (image) return image;
  throw notFound(isWrite ? "Image not found" : `Image "${prefix}" not found`);
}

/** The profiles of an image must exist. */
export function checkImageProfiles(store: Store, project: string, profiles: readonly string[]): void {
  const missing = profiles.find((name) => store.profiles.find(keyOf(project, name)) === undefined);
  if (missing !== undefined) throw failed(`Profile '${missing}' doesn't exist`);
}
