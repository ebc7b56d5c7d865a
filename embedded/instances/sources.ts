// The source of a new instance: none, an image, or another instance.
import { badRequest, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { type Decoded, decodeObject } from "../http/decode";
import { findImage, imageProject } from "../images/image";
import type { ImageRecord, InstanceRecord } from "../store/records";
import { keyOf } from "../store/store";
import { findInstance } from "./instance";

const SHAPE = {
  type: "string",
  alias: "string",
  fingerprint: "string",
  properties: "config",
  server: "string",
  source: "string",
  project: "string",
  instance_only: "bool",
} as const;

export type Source = Decoded<typeof SHAPE>;

export const sourceOf = (value: unknown): Source => decodeObject(value, "InstanceSource", SHAPE);

/** An image source must specify its image in exactly one of three ways. */
export function checkImageSource(source: Source): void {
  const hasName = source.alias || source.fingerprint || Object.keys(source.properties ?? {}).length > 0;
  if (!hasName) throw failed("Must specify one of alias, fingerprint or properties for init from image");
}

/** The image of a source; undefined if it does not exist here. */
export function imageOf(call: Call, source: Source): ImageRecord | undefined {
  const { store } = call.daemon;
  const project = imageProject(call);
  if (source.fingerprint) return findImage(call, project, source.fingerprint);
  if (source.alias) {
    const alias = store.aliases.find(keyOf(project, source.alias));
    return alias && store.images.find(keyOf(project, alias.target));
  }
  const desired = Object.entries(source.properties ?? {});
  const images = store.images.all().filter((image) => image.project === project);
  const matching = images.filter((image) => desired.every(([key, value]) => image.properties[key] === value));
  return matching.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}

/** The starting point of a copy: the instance, or the instance as stored in one of its snapshots. */
export function copiedOf(call: Call, source: Source): InstanceRecord {
  if (!source.source) throw badRequest("Must specify a source instance");
  const project = source.project || call.project;
  const [name = "", snapshotName] = source.source.split("/");
  const instance = findInstance(call.daemon.store, { project, name });
  if (snapshotName === undefined) return instance;
  const { snapshots, ...rest } = instance;
  const snapshot = snapshots.find((item) => item.name === snapshotName);
  if (snapshot !== undefined) return { ...rest, ...snapshot, name: source.source, snapshots: [] };
  const what = `snapshot "${snapshotName}" of instance "${name}" in project "${project}"`;
  throw notFound(`Failed to fetch ${what}: Instance_snapshot not found`);
}
