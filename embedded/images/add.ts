// The last step of every image create: stores the record and files, then adds the aliases.
import { copyFileSync, existsSync, renameSync } from "node:fs";

import { timestamp } from "../clock";
import { failed } from "../errors";
import type { Daemon } from "../context";
import { type Config, type ImageRecord, type InstanceType, NEVER } from "../store/records";
import { addAlias, aliasKey } from "./aliases";
import { checkImageProfiles, imageKey, imageUrl } from "./image";
import type { ImageMetadata } from "./metadata";

/** The settings of a new image, whatever its source. */
export interface ImageRequest {
  project: string;
  filename: string;
  public: boolean;
  autoUpdate: boolean;
  properties: Config;
  profiles: string[] | undefined;
  expiresAt: string | undefined;
  aliases: { name: string; description: string }[];
}

/** The files of a new image. */
export interface ImageFiles {
  fingerprint: string;
  sizeBytes: number;
  metadata: ImageMetadata;
  type: InstanceType;
  /** The unified tarball or the metadata, and the second file of a split image. */
  main: string;
  rootfs?: string;
}

function place(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    renameSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function recordOf(request: ImageRequest, files: ImageFiles): ImageRecord {
  const { metadata } = files;
  return {
    project: request.project,
    fingerprint: files.fingerprint,
    filename: request.filename,
    sizeBytes: files.sizeBytes,
    type: files.type,
    architecture: metadata.architecture,
    properties: { ...metadata.properties, ...request.properties },
    ownProperties: metadata.properties ?? {},
    public: request.public,
    autoUpdate: request.autoUpdate,
    profiles: request.profiles ?? ["default"],
    createdAt: metadata.createdAt,
    uploadedAt: timestamp(),
    expiresAt: request.expiresAt ?? metadata.expiresAt ?? NEVER,
    lastUsedAt: NEVER,
    split: files.rootfs !== undefined,
  };
}

/** Throws if it already exists. If an alias is taken, the image stays, as on the real daemons. */
export function addImage({ store, events }: Daemon, request: ImageRequest, files: ImageFiles): void {
  const image = recordOf(request, files);
  if (store.images.find(imageKey(image))) throw failed("Image with same fingerprint already exists");
  checkImageProfiles(store, image.project, image.profiles);
  place(files.main, store.imagePath(image.fingerprint));
  if (files.rootfs !== undefined) place(files.rootfs, store.imagePath(image.fingerprint, ".rootfs"));
  store.images.set(imageKey(image), image);
  events.lifecycle("image-created", { project: image.project, source: imageUrl(image), name: image.fingerprint });
  for (const alias of request.aliases) {
    const { project, fingerprint: target } = image;
    if (store.aliases.find(aliasKey({ project, name: alias.name }))) {
      throw failed(`Alias already exists: ${alias.name}`);
    }
    addAlias(store, { ...alias, project, target });
  }
}
