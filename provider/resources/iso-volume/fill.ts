// Brings the content of an ISO volume to the daemon: streamed through the hash, or copied by the daemon itself.
import {
  copyVolume,
  findVolume,
  importIsoVolume,
  memberOf,
  sizeOf,
  type VolumeAddress,
  type WireVolume,
} from "../../api/volumes";
import { type Client } from "../../client/client";
import { requireExtension } from "../../client/server-info";
import { type Opened } from "../../content/content";
import { requireOptical } from "../../content/optical";
import { shown } from "../../content/shown";
import { isCode, LxdError } from "../../errors";
import { type Context } from "../../kind";
import { contentOf, type IsoSource, type VolumeSource } from "./source";
import { type IsoVolumeInputs } from "./inputs";
import { isOrphan, taken } from "./preflight";

/** After the last byte the daemon still copies the whole image into the pool. */
const deadlineMs = 60 * 60_000;

/** Volumes that this process has filled, by daemon, pool and content: a second one is copied from the first. */
const filled = new Map<string, Promise<VolumeAddress>>();

/** What a volume must have turned out to be. */
export interface Filled {
  /** Undefined if a copy may be larger than what it was copied from: pools round up. */
  sizeBytes: number | undefined;
}

/** Fills the volume, unless a killed run has done so already. Nothing is left behind by a failure. */
export async function fill(context: Context, inputs: IsoVolumeInputs): Promise<Filled & { isTakenOver: boolean }> {
  const { client } = context;
  requireExtension(await client.info(), "custom_volume_iso", "ISO volumes");
  const existing = (await findVolume(client, inputs))?.value;
  if (existing !== undefined && !isOrphan(existing, inputs)) throw taken(existing, inputs);
  const { source } = inputs;
  if (source === undefined) {
    const advice = "Add a source to the program, so that the volume can be made again.";
    throw new LxdError({
      code: "invalid-argument",
      why: "the program does not say where the content comes from",
      advice,
    });
  }
  const filling =
    "volume" in source
      ? copyFrom(context, inputs, { source, existing })
      : onceUnlessCopied(context, inputs, () => send(context, inputs, { source, existing }));
  return { ...(await filling), isTakenOver: existing !== undefined };
}

/** Content that this run has brought to the pool already does not travel a second time. */
async function onceUnlessCopied(
  context: Context,
  inputs: IsoVolumeInputs,
  make: () => Promise<Filled>,
): Promise<Filled> {
  const key = [context.client.transport.place, inputs.pool, inputs.target ?? "", inputs.digest].join(" ");
  const before = filled.get(key);
  const original = await before?.catch(() => undefined);
  if (original !== undefined && (await findVolume(context.client, inputs)) === undefined) {
    const found = await findVolume(context.client, original);
    if (found !== undefined) return copy(context, inputs, { from: original, sizeBytes: sizeOf(found.value) });
  }
  const { project, pool, name, target } = inputs;
  const making = make();
  const settled = making.then(() => ({ project, pool, name, target }));
  // Who waits for it sees the failure; nobody may be waiting.
  settled.catch(() => filled.delete(key));
  filled.set(key, settled);
  return making;
}

async function send(
  { client, status }: Context,
  inputs: IsoVolumeInputs,
  { source, existing }: { source: Exclude<IsoSource, { volume: unknown }>; existing: WireVolume | undefined },
): Promise<Filled> {
  const content = await contentOf(source, status);
  if (content.digest !== inputs.digest) {
    const why = `the source is not what it was in the preview: expected ${inputs.digest}, found ${content.digest}`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  if (existing !== undefined && content.sizeBytes === sizeOf(existing)) return { sizeBytes: content.sizeBytes };
  const opened = await content.open();
  if (existing !== undefined) return reuse(opened, existing, inputs);
  return upload({ client, status, inputs, opened, source: describe(source) });
}

/** The size of a download is known only once the server has answered; then it decides whether the orphan is whole. */
function reuse(opened: Opened, existing: WireVolume, inputs: IsoVolumeInputs): Filled {
  opened.received.catch(() => undefined);
  opened.stream.destroy();
  if (opened.sizeBytes !== sizeOf(existing)) throw taken(existing, inputs);
  return { sizeBytes: opened.sizeBytes };
}

interface Upload {
  client: Client;
  status: (text: string) => void;
  inputs: IsoVolumeInputs;
  opened: Opened;
  source: string;
}

async function upload({ client, status, inputs, opened, source }: Upload): Promise<Filled> {
  const visible = shown(opened, "uploading", status);
  const stream = inputs.allowAnyContent ? visible.stream : requireOptical(visible.stream, source);
  // A failed upload says why by itself.
  opened.received.catch(() => undefined);
  try {
    await importIsoVolume(client, inputs, { stream, sizeBytes: opened.sizeBytes, deadlineMs });
  } catch (error) {
    // With no answer the volume may be there all the same; if it is, its size decides.
    if (!isCode(error, "unavailable") || (await findVolume(client, inputs)) === undefined) throw error;
  }
  return { sizeBytes: (await opened.received).sizeBytes };
}

async function copyFrom(
  context: Context,
  inputs: IsoVolumeInputs,
  { source, existing }: { source: VolumeSource; existing: WireVolume | undefined },
): Promise<Filled> {
  const from = { project: source.volume.project ?? inputs.project, pool: source.volume.pool, name: source.volume.name };
  const found = await findVolume(context.client, from);
  if (found === undefined) {
    throw new LxdError({
      code: "not-found",
      why: `there is no volume ${from.project}/${from.pool}/${from.name} to copy`,
    });
  }
  const sizeBytes = sizeOf(found.value);
  // The name of what a killed run has left was made from this content, and a copy is made whole or not at all.
  if (existing !== undefined && sizeOf(existing) >= sizeBytes) return { sizeBytes: undefined };
  return copy(context, inputs, { from: { ...from, target: memberOf(found.value) }, sizeBytes });
}

async function copy(
  { client, status }: Context,
  inputs: IsoVolumeInputs,
  { from, sizeBytes }: { from: VolumeAddress; sizeBytes: number },
): Promise<Filled> {
  await copyVolume(client, inputs, { ...from, sizeBytes }, { deadlineMs, onProgress: status });
  return { sizeBytes: from.pool === inputs.pool ? sizeBytes : undefined };
}

function describe(source: Exclude<IsoSource, { volume: unknown }>): string {
  if ("file" in source) return source.file;
  return "files" in source ? `the image ${source.label}` : "the download";
}
