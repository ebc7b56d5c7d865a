// The images of a golden image: one for each version that is kept, known by whose they are and of what inputs.
import { deleteImage, type ImageAddress, listImages, updateImage, type WireImage } from "../../api/images";
import { listAllInstances } from "../../api/instances";
import { listProjects } from "../../api/projects";
import { type Client } from "../../client/client";
import { isCode } from "../../errors";
import { isOwnedBy, isUploadOf, publishedName, withOwner, withoutOwner } from "../image/owners";
import { hashKey, keepKey, pendingKey, pinKey, versionKey } from "../ownership";

/** Whose versions, and where. */
export interface Place {
  client: Client;
  project: string;
  urn: string;
}

/** The oldest first; those that are not released yet are among them. */
export async function versionsOf({ client, project, urn }: Place): Promise<WireImage[]> {
  const images = await listImages(client, project);
  return images
    .filter((image) => isOwnedBy(image, urn) && versionOf(image) !== undefined)
    .sort((a, b) => Date.parse(a.uploaded_at) - Date.parse(b.uploaded_at));
}

interface Inputs {
  version: string;
  inputsHash: string;
}

/** By which an image is known until its properties are set: what it is published with, images of its machines inherit. */
export function fileNameOf({ version, inputsHash }: Inputs, urn: string): string {
  return publishedName(urn, { version, inputsHash });
}

/** Images that were packed by a run which was killed before it could set their properties. */
export async function unmarkedOf({ client, project, urn }: Place): Promise<WireImage[]> {
  return (await listImages(client, project)).filter((image) => isUploadOf(image, urn));
}

/** Makes a packed image one of the versions, still to be verified. */
export async function mark({ client, project, urn }: Place, image: WireImage, inputs: Inputs): Promise<void> {
  const own = { [versionKey]: inputs.version, [hashKey]: inputs.inputsHash, [pendingKey]: "verify" };
  const properties = withOwner({ ...image.properties, ...own }, urn);
  await updateImage(client, { project, fingerprint: image.fingerprint }, { ...image, properties }, undefined);
}

export function versionOf({ properties }: WireImage): string | undefined {
  return properties?.[versionKey];
}

/** Packed, but not yet verified. */
export function isCandidate({ properties }: WireImage): boolean {
  return properties?.[pendingKey] !== undefined;
}

export function isBuildOf(image: WireImage, { version, inputsHash }: Inputs): boolean {
  return versionOf(image) === version && image.properties?.[hashKey] === inputsHash;
}

export async function removeImage({ client, project }: Place, fingerprint: string): Promise<void> {
  await deleteImage(client, { project, fingerprint }).catch((error: unknown) => {
    if (!isCode(error, "not-found")) throw error;
  });
}

/** Properties as they come out of `change`, written only if they differ. */
export async function changeProperties(
  client: Client,
  at: ImageAddress,
  { image, change }: { image: WireImage; change: Record<string, string | undefined> },
): Promise<void> {
  const current = image.properties ?? {};
  if (Object.entries(change).every(([key, value]) => current[key] === value)) return;
  const merged = Object.entries({ ...current, ...change });
  const properties = Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== undefined));
  await updateImage(client, at, { ...image, properties }, undefined);
}

/** On the newest image, where the deletion of an older one finds it. */
export async function remember(
  { client, project }: Place,
  { keep, pin }: { keep: number; pin?: string | undefined },
  versions: WireImage[],
): Promise<void> {
  const image = versions.at(-1);
  if (image === undefined) return;
  const change = { [keepKey]: String(keep), [pinKey]: pin };
  await changeProperties(client, { project, fingerprint: image.fingerprint }, { image, change });
}

/** A resource that got another URN takes along what it has made under the former one. */
export async function takeAlong(place: Place, former: string | undefined): Promise<void> {
  if (former === undefined || former === place.urn) return;
  const { client, project, urn } = place;
  for (const image of await versionsOf({ ...place, urn: former })) {
    const properties = withOwner(withoutOwner(image.properties ?? {}, former), urn);
    await updateImage(client, { project, fingerprint: image.fingerprint }, { ...image, properties }, undefined);
  }
}

/**
 * Deletes the oldest versions beyond the number that is kept. One that an alias names, as the pinned one does, or that an
 * instance was made from, stays.
 */
export async function prune(place: Place, remove = removeImage): Promise<void> {
  const released = (await versionsOf(place)).filter((image) => !isCandidate(image));
  const { [keepKey]: keep = Infinity, [pinKey]: pin } = released.at(-1)?.properties ?? {};
  const beyond = released.slice(0, Math.max(0, released.length - Number(keep)));
  if (beyond.length === 0) return;
  const bases = await basesIn(place);
  for (const image of beyond) {
    const { fingerprint, aliases } = image;
    if (bases.includes(fingerprint) || (aliases ?? []).length > 0 || versionOf(image) === pin) continue;
    await remove(place, fingerprint);
  }
}

/** The images that instances were made from, in all projects that have their images in the same place. */
async function basesIn({ client, project }: Place): Promise<(string | undefined)[]> {
  const projects = await listProjects(client);
  const hasOwn = (name: string): boolean =>
    projects.some((each) => each.name === name && each.config?.["features.images"] === "true");
  const storeOf = (name: string): string => (hasOwn(name) ? name : "default");
  const all = await listAllInstances(client);
  return all
    .filter((instance) => storeOf(instance.project) === storeOf(project))
    .map(({ config }) => config?.["volatile.base_image"]);
}
