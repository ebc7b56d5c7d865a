// Has the daemon pull an image from a server, once for all who want it, without taking an image from anybody.
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

/** Pulls that would bring the same image do not run side by side. */
export function pull(context: Context, request: Pull): Promise<string> {
  const { inputs, source } = request;
  return queued(pullKey(context.client, inputs.project, source), () => pullOnce(context, request));
}

/**
 * Of an image that is there already the daemons download nothing, but they rewrite its record with what this request
 * says. So whose it was is looked at before, and a stranger's is put back as it was.
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
  if (!mayAdopt(former, { adopt })) {
    await updateImage(client, at, former, undefined);
    throw alreadyExists(fingerprint);
  }
  if (!isCacheOnly(former)) return fingerprint;
  // Incus goes on taking it for a cached one, which expires.
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
    // Incus 6.0.3 and newer stumble over the aliases of an image that is there already.
    const alias = /Alias already exists: (.+)$/.exec(error.details.why)?.[1];
    const found = alias === undefined ? undefined : await findAlias(client, inputs.project, alias);
    if (found !== undefined) return found.target;
    // Somebody else has pulled the same image at the same time. Now it is there.
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

/** For an image that is not public the server gives a secret to those whom it trusts, which lets the daemon pull it. */
async function permitted(context: Context, source: ServerSource): Promise<{ fingerprint: string; secret: string }> {
  const { fingerprint } = await servedBy(source, context, async () => (await context.client.info()).architectures);
  const server = clientOf(source, context.connect);
  return { fingerprint, secret: await imageSecret(server, { project: source.project ?? "default", fingerprint }) };
}
