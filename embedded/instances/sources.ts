// Where a new instance comes from: nothing, an image, or another instance.
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

/** An image source names its image in one of three ways. */
export function checkImageSource(source: Source): void {
  const hasName = source.alias || source.fingerprint || Object.keys(source.properties ?? {}).length > 0;
  if (!hasName) throw failed("Must specify one of alias, fingerprint or properties for init from image");
}

/** The image that a source names; undefined when it is not here. */
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

/** What a copy begins with: the instance, or the instance as one of its snapshots remembers it. */
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
