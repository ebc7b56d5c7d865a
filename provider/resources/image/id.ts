// IDs of images: `project/fingerprint`. A lookup also accepts `project/alias` and a fingerprint prefix.
import { findAlias, findImage, type ImageAddress, listImages, type WireImage } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type PartialInputs } from "../../kind/kind";

export function idOf({ project, fingerprint }: PartialInputs<ImageAddress>): string {
  return `${project ?? ""}/${fingerprint ?? ""}`;
}

export interface ImageName {
  project: string;
  /** A fingerprint, a prefix of one, or an alias, which may contain slashes. */
  name: string;
}

/** Undefined if the ID is not valid. */
export function parseImageId(id: string): ImageName | undefined {
  const [, project, name] = /^([^/]+)\/(.+)$/s.exec(id) ?? [];
  return project === undefined || name === undefined ? undefined : { project, name };
}

/** The image for an ID. An alias takes precedence over a fingerprint prefix. */
export async function findByName(client: Client, { project, name }: ImageName): Promise<WireImage | undefined> {
  const find = async (fingerprint: string): Promise<WireImage | undefined> =>
    (await findImage(client, { project, fingerprint }))?.value;
  if (/^[0-9a-f]{64}$/.test(name)) return find(name);
  const alias = await findAlias(client, project, name);
  if (alias !== undefined) return find(alias.target);
  // The number of digits that the command lines show. The daemons treat shorter prefixes differently.
  if (!/^[0-9a-f]{12,63}$/.test(name)) return undefined;
  const [only, ...others] = (await listImages(client, project)).filter((image) => image.fingerprint.startsWith(name));
  if (others.length === 0) return only;
  const why = `${others.length + 1} images begin with ${name}`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Use all 64 digits." });
}

/** Parses an ID that a user specified. */
export function imageNameOf(id: string): ImageName {
  const name = parseImageId(id);
  if (name !== undefined) return name;
  const advice = 'Use the form "project/fingerprint" or "project/alias".';
  throw new LxdError({ code: "invalid-argument", why: `"${id}" is not a valid image ID`, advice });
}
