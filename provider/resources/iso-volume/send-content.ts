// Transfers the content of an ISO volume: uploaded through a hash, or copied by the daemon.
import {
  copyVolume,
  findVolume,
  importIsoVolume,
  memberOf,
  sizeOf,
  type VolumeAddress,
} from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { requireExtension } from "../../lxd/client/discovery/server-info";
import { type Opened } from "../../content/content";
import { recogniseOpened } from "../../content/recognition/opened";
import { isoProblem } from "../../content/recognition/problems";
import { type Place } from "../../content/recognition/words";
import { redactedText } from "../../content/url/redacted-url";
import { withProgress } from "../../content/progress";
import { runRegistry } from "../../engine/run-registry";
import { LxdError } from "../../base/errors";
import { type Context } from "../../kind/kind";
import { contentOf, type IsoSource, type VolumeSource } from "./source";
import { type IsoVolumeInputs } from "./inputs";

/** After the last byte, the daemon still copies the whole image into the pool. */
const deadlineMs = 60 * 60_000;

interface Filled {
  /** The address of the volume. */
  place: string;
  /** Resolves once the volume has its content. */
  at: Promise<VolumeAddress>;
}

const filledByRun = new WeakMap<object, Map<string, Filled>>();

/** Volumes filled by this run, by daemon, pool and content: further volumes are copied from the first. */
function filled(): Map<string, Filled> {
  const run = runRegistry();
  const known = filledByRun.get(run) ?? new Map<string, Filled>();
  filledByRun.set(run, known);
  return known;
}

/** Called when a volume is deleted: its replacement may have other content. */
export function forgetContent(client: Client, at: VolumeAddress): void {
  const place = placeOf(client, at);
  for (const [key, each] of filled()) if (each.place === place) filled().delete(key);
}

/** The key omits the cluster member. */
function placeOf(client: Client, { project, pool, name }: VolumeAddress): string {
  return JSON.stringify([client.transport.place, project, pool, name]);
}

/** Fills a new volume. Returns its size, or undefined for a copy, whose size the pool may round up. */
export async function sendContent(context: Context, inputs: IsoVolumeInputs): Promise<number | undefined> {
  requireExtension(await context.client.info(), "custom_volume_iso", "ISO volumes");
  const { source } = inputs;
  if (source === undefined) {
    throw new LxdError({
      code: "invalid-argument",
      why: "the program does not set where the content comes from",
      advice: "Add a source to the program, so that the volume can be created again.",
    });
  }
  return "volume" in source
    ? copyFrom(context, inputs, source)
    : onceUnlessCopied(context, inputs, () => send(context, inputs, source));
}

/**
 * Content that this run transfers to a pool is not uploaded twice: the next volume waits and is copied from the first.
 */
async function onceUnlessCopied(
  context: Context,
  inputs: IsoVolumeInputs,
  make: () => Promise<number | undefined>,
): Promise<number | undefined> {
  const { client } = context;
  const { project, pool, name, target, digest } = inputs;
  const key = [client.transport.place, pool, target ?? "", digest].join(" ");
  const all = filled();
  const before = all.get(key);
  const making = async (): Promise<number | undefined> => {
    const original = await before?.at.catch(() => undefined);
    const found = original && (await findVolume(client, original));
    return original && found ? copy(context, inputs, { ...original, sizeBytes: sizeOf(found.value) }) : make();
  };
  const work = making();
  const at = { project, pool, name, target };
  const own = { place: placeOf(client, at), at: work.then(() => at) };
  all.set(key, own);
  // Waiting copies report the failure; there may be none.
  own.at.catch(() => all.get(key) === own && all.delete(key));
  return work;
}

async function send(
  context: Context,
  inputs: IsoVolumeInputs,
  source: Exclude<IsoSource, { volume: unknown }>,
): Promise<number> {
  const { client, status } = context;
  const content = await contentOf(source, context);
  if (content.digest !== inputs.digest) {
    const why = `the source has changed since the preview: expected ${inputs.digest}, found ${content.digest}`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const opened = await content.open();
  return upload({ client, status, inputs, opened: inputs.allowAnyContent ? opened : await recognised(opened, source) });
}

interface Upload {
  client: Client;
  status: (text: string) => void;
  inputs: IsoVolumeInputs;
  opened: Opened;
}

/** Checks what it is before the server receives any of it. */
async function recognised(content: Opened, source: Exclude<IsoSource, { volume: unknown }>): Promise<Opened> {
  const { found, opened } = await recogniseOpened(content);
  const problem = isoProblem({ ...placeOfSource(source), found, answer: opened.answer });
  if (problem === undefined) return opened;
  opened.received.catch(() => undefined);
  opened.stream.destroy();
  throw problem;
}

/**
 * Only an import that is known to have succeeded is complete: the servers write the record, with its size, before the
 * bytes.
 */
async function upload({ client, status, inputs, opened }: Upload): Promise<number> {
  const { stream } = withProgress(opened, "uploading", status);
  // The failed upload reports the reason.
  opened.received.catch(() => undefined);
  await importIsoVolume(client, inputs, { stream, sizeBytes: opened.sizeBytes, deadlineMs });
  return (await opened.received).sizeBytes;
}

async function copyFrom(
  context: Context,
  inputs: IsoVolumeInputs,
  { volume }: VolumeSource,
): Promise<number | undefined> {
  const from = { project: volume.project ?? inputs.project, pool: volume.pool, name: volume.name };
  const found = await findVolume(context.client, from);
  if (found === undefined) {
    const why = `there is no volume ${from.project}/${from.pool}/${from.name} to copy`;
    throw new LxdError({ code: "not-found", why });
  }
  return copy(context, inputs, { ...from, target: memberOf(found.value), sizeBytes: sizeOf(found.value) });
}

async function copy(
  { client, status }: Context,
  inputs: IsoVolumeInputs,
  from: VolumeAddress & { sizeBytes: number },
): Promise<number | undefined> {
  await copyVolume(client, inputs, from, { deadlineMs, onProgress: status });
  return from.pool === inputs.pool ? from.sizeBytes : undefined;
}

function placeOfSource(source: Exclude<IsoSource, { volume: unknown }>): Place {
  if ("file" in source) return { name: source.file };
  if ("files" in source) return { name: `the image ${source.label}` };
  const [url = ""] = "url" in source ? [source.url] : source.urls;
  return { name: redactedText(url), isOnWeb: true };
}
