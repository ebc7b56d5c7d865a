// Lets the daemon pull an image from a server, once for all resources that want it, without taking over other owners'
// images.
import {
  createImage,
  deleteImage,
  findAlias,
  imageSecret,
  listImages,
  type NewImage,
  updateImage,
} from "../../../lxd/api/images";
import { isCode } from "../../../base/errors";
import { clientOf } from "../../../image-server/lxd-server";
import { type Context } from "../../../kind/kind";
import { dropForeignMetadata } from "./foreign-metadata";
import { type ImageInputs } from "../inputs";
import { alreadyExists, isCacheOnly, mayAdopt } from "../record/adoption";
import { disagreement } from "../record/shared-settings";
import { servedBy } from "../server-image";
import { type ServerSource, type UrlSource } from "../source-types";
import { queued } from "../../../base/concurrency";
import { pullKey, spokenProtocol } from "../../shared/image-pull";

const pullDeadlineMs = 4 * 60 * 60_000;

export interface Pull {
  inputs: ImageInputs;
  source: ServerSource | UrlSource;
  properties: Record<string, string>;
}

/** Pulls of the same image do not run concurrently. */
export function pull(context: Context, request: Pull): Promise<string> {
  const { inputs, source } = request;
  return queued(pullKey(context.client, inputs.project, source), () => pullOnce(context, request));
}

/**
 * If the image already exists, the daemons download nothing but overwrite its record with this request. So its previous
 * owner is read first, and a foreign image gets its record back.
 */
async function pullOnce(context: Context, request: Pull): Promise<string> {
  const { client } = context;
  const { project, adopt } = request.inputs;
  const present = await listImages(client, project);
  const fingerprint = await ask(context, request);
  const former = present.find((image) => image.fingerprint === fingerprint);
  const at = { project, fingerprint };
  if (former === undefined) {
    await dropForeignMetadata(context, at, { source: request.source, own: request.properties });
    return fingerprint;
  }
  const error = mayAdopt(former, { adopt })
    ? disagreement(former, context, request.inputs)
    : alreadyExists(fingerprint);
  if (error !== undefined) {
    await updateImage(client, at, former, undefined);
    throw error;
  }
  if (!isCacheOnly(former)) return fingerprint;
  // Incus would continue to treat it as a cached image, which expires.
  await deleteImage(client, at);
  return ask(context, request);
}

async function ask(context: Context, request: Pull, isRepeated = false): Promise<string> {
  const { client, status } = context;
  const { inputs, source, properties } = request;
  const { public: isPublic, autoUpdate: auto_update = false } = inputs;
  const json = { source: await wireSource(context, source), public: isPublic, properties, auto_update };
  const options = { deadlineMs: pullDeadlineMs, onProgress: status };
  try {
    return await createImage(client, inputs.project, json, options);
  } catch (error) {
    if (!isCode(error, "already-exists")) throw error;
    // Incus 6.0.3 and newer fail on the aliases of an existing image.
    const alias = /Alias already exists: (.+)$/.exec(error.details.why)?.[1];
    const found = alias === undefined ? undefined : await findAlias(client, inputs.project, alias);
    if (found !== undefined) return found.target;
    // Another client pulled the same image at the same time; it exists now.
    if (isRepeated) throw error;
    return ask(context, request, true);
  }
}

async function wireSource(context: Context, source: Pull["source"]): Promise<NewImage["source"]> {
  if ("url" in source) return { type: "url", url: source.url };
  const { server, protocol, alias, fingerprint, certificate, project, type } = source;
  const spoken = await spokenProtocol(context.client, protocol);
  const place = { type: "image", mode: "pull", server, protocol: spoken, certificate, project } as const;
  if (source.private === true) return { ...place, ...(await permitted(context, source)) };
  return { ...place, alias, fingerprint, image_type: type };
}

/** For a private image, the server issues a secret to trusted clients, with which the daemon can pull it. */
async function permitted(context: Context, source: ServerSource): Promise<{ fingerprint: string; secret: string }> {
  const { fingerprint } = await servedBy(source, context, async () => (await context.client.info()).architectures);
  const server = clientOf(source, context.connect);
  return { fingerprint, secret: await imageSecret(server, { project: source.project ?? "default", fingerprint }) };
}
