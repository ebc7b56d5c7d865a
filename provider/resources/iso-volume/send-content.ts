// Brings the content of an ISO volume to the daemon: streamed through the hash, or copied by the daemon itself.
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
import { requireIso } from "../../content/iso-detection";
import { withProgress } from "../../content/progress";
import { runRegistry } from "../../engine/run-registry";
import { LxdError } from "../../base/errors";
import { type Context } from "../../kind/kind";
import { contentOf, type IsoSource, type VolumeSource } from "./source";
import { type IsoVolumeInputs } from "./inputs";

/** After the last byte the daemon still copies the whole image into the pool. */
const deadlineMs = 60 * 60_000;

interface Filled {
  /** Where the volume is. */
  place: string;
  /** Resolves when it has its content. */
  at: Promise<VolumeAddress>;
}

const filledByRun = new WeakMap<object, Map<string, Filled>>();

/** Volumes that this run has filled, by daemon, pool and content: a second one is copied from the first. */
function filled(): Map<string, Filled> {
  const run = runRegistry();
  const known = filledByRun.get(run) ?? new Map<string, Filled>();
  filledByRun.set(run, known);
  return known;
}

/** To be called when a volume is deleted: what comes in its place may have other content. */
export function forgetContent(client: Client, at: VolumeAddress): void {
  const place = placeOf(client, at);
  for (const [key, each] of filled()) if (each.place === place) filled().delete(key);
}

/** On whichever member. */
function placeOf(client: Client, { project, pool, name }: VolumeAddress): string {
  return JSON.stringify([client.transport.place, project, pool, name]);
}

/**
 * Fills a volume that is not there yet. Returns its size, or undefined if a copy may be larger than what it was copied
 * from: pools round up.
 */
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

/** Content that this run brings to the pool does not travel a second time: the next volume waits, and is copied from it. */
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
  // Who waits for it sees the failure; nobody may be waiting.
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
  return upload({ client, status, inputs, opened: await content.open(), source: describe(source) });
}

interface Upload {
  client: Client;
  status: (text: string) => void;
  inputs: IsoVolumeInputs;
  opened: Opened;
  source: string;
}

/** Only an import whose success was seen is whole: the servers write the record, with its size, before the bytes. */
async function upload({ client, status, inputs, opened, source }: Upload): Promise<number> {
  const visible = withProgress(opened, "uploading", status);
  const stream = inputs.allowAnyContent ? visible.stream : requireIso(visible.stream, source);
  // A failed upload says why by itself.
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

function describe(source: Exclude<IsoSource, { volume: unknown }>): string {
  if ("file" in source) return source.file;
  return "files" in source ? `the image ${source.label}` : "the download";
}
