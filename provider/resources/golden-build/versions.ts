// Versions of a golden image: one image for each kept version, identified by owner and inputs hash.
import { isDeepStrictEqual } from "node:util";
import { type ImageAddress, listImages, type WireImage } from "../../lxd/api/images";
import { listAllInstances } from "../../lxd/api/instance/instances";
import { listProjects } from "../../lxd/api/projects";
import { type Client } from "../../lxd/client/core/client";
import { isCode } from "../../base/errors";
import { isOwnedBy, isUploadOf, publishedName, withOwner } from "../image/owners";
import { changeRecord } from "../image/record/record";
import { release as letGo } from "../image/record/release";
import { hashKey, pendingKey, versionKey } from "../shared/ownership";
import { type GoldenInputs } from "./schema";

/** The owner of the versions and their location. */
export interface Place {
  client: Client;
  project: string;
  urn: string;
}

/** Oldest first, including those not released yet. */
export async function versionsOf({ client, project, urn }: Place): Promise<WireImage[]> {
  return versionsIn(await listImages(client, project), urn);
}

export function versionsIn(images: WireImage[], urn: string): WireImage[] {
  return images
    .filter((image) => isOwnedBy(image, urn) && versionOf(image) !== undefined)
    .sort((a, b) => Date.parse(a.uploaded_at) - Date.parse(b.uploaded_at));
}

/** Distinguishes the builds of a resource. */
export interface BuildKey {
  version: string;
  inputsHash: string;
}

/**
 * Identifies an image until its properties are set: images of its instances would inherit properties set at publish.
 */
export function fileNameOf({ version, inputsHash }: BuildKey, urn: string): string {
  return publishedName(urn, { version, inputsHash });
}

/** Images packed by a run that was interrupted before it could set their properties. */
export async function unmarkedOf({ client, project, urn }: Place): Promise<WireImage[]> {
  return unmarkedIn(await listImages(client, project), urn);
}

export function unmarkedIn(images: WireImage[], urn: string): WireImage[] {
  return images.filter((image) => isUploadOf(image, urn));
}

/** Turns a packed image into a version that is still to be verified. */
export async function mark({ client, project, urn }: Place, image: WireImage, inputs: BuildKey): Promise<void> {
  const own = { [versionKey]: inputs.version, [hashKey]: inputs.inputsHash, [pendingKey]: "verify" };
  const at = { project, fingerprint: image.fingerprint };
  await changeProperties(client, at, (current) => withOwner({ ...current, ...own }, urn));
}

export function versionOf({ properties }: WireImage): string | undefined {
  return properties?.[versionKey];
}

/** Packed but not yet verified. */
export function isCandidate({ properties }: WireImage): boolean {
  return properties?.[pendingKey] !== undefined;
}

export function isBuildOf(image: WireImage, { version, inputsHash }: BuildKey): boolean {
  return versionOf(image) === version && image.properties?.[hashKey] === inputsHash;
}

/** If the image has other owners, they keep it, without the aliases of this resource. */
export async function removeImage(
  place: Place,
  fingerprint: string,
  { aliases }: Pick<GoldenInputs["image"], "aliases"> = { aliases: [] },
): Promise<void> {
  await letGo(place, { project: place.project, fingerprint, aliases }).catch((error: unknown) => {
    if (!isCode(error, "not-found")) throw error;
  });
}

/** Writes the properties returned by `change` only if they differ. */
export async function changeProperties(
  client: Client,
  at: ImageAddress,
  change: (current: Record<string, string>) => Record<string, string>,
): Promise<void> {
  await changeRecord(client, at, (image) => {
    const current = image.properties ?? {};
    const properties = change(current);
    return isDeepStrictEqual(properties, current) ? undefined : { ...image, properties };
  });
}

/** The inputs of the live state that determine which versions are kept. */
export type Keeping = Pick<GoldenInputs, "version" | "inputsHash" | "keep" | "pin" | "fingerprint">;

/**
 * Deletes the oldest versions beyond the number to keep. The live and the released version count first, and until one
 * of them exists, nothing is deleted. A version that is pinned, that an alias points to or that an instance was made
 * from stays. Returns whether it deleted any.
 */
export async function prune(place: Place, live: Keeping): Promise<boolean> {
  const isLive = (image: WireImage): boolean => isBuildOf(image, live) || image.fingerprint === live.fingerprint;
  const ready = (await versionsOf(place)).filter((image) => !isCandidate(image));
  if (!ready.some(isLive)) return false;
  const others = ready.filter((image) => !isLive(image));
  const beyond = others.slice(0, Math.max(0, others.length - (live.keep - 1)));
  const bases = beyond.length === 0 ? [] : await basesIn(place);
  const isUsed = ({ fingerprint, aliases }: WireImage): boolean =>
    bases.includes(fingerprint) || (aliases ?? []).length > 0;
  const going = beyond.filter((image) => versionOf(image) !== live.pin && !isUsed(image));
  for (const { fingerprint } of going) await removeImage(place, fingerprint);
  return going.length > 0;
}

/** The images that instances were made from, in all projects that share the same image store. */
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
