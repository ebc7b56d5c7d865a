// Sends an image's bytes from here to the daemon.
import { findImage, uploadImage } from "../../api/images";
import { diskContent, type DiskImage } from "../../content/disk-image/disk-image";
import { downloadContent, type ImageContent, tarballContent } from "../../content/image-content";
import { reader, shown } from "../../content/shown";
import { splitContent } from "../../content/split-image";
import { isCode, LxdError } from "../../errors";
import { type Context } from "../../kind";
import { type ImageInputs } from "./inputs";
import { uploadName } from "./owners";
import { architectureOf } from "./source";
import { type ContentSource, type DiskSource } from "./source-types";
import { mayTake, taken } from "./take-over";

/** After the last byte the daemon still unpacks the metadata and moves the image into place. */
const uploadDeadlineMs = 60 * 60_000;

/** The bytes that a source stands for. */
export function contentOf(source: ContentSource, call: Pick<Context, "status" | "signal">): Promise<ImageContent> {
  if ("file" in source) return tarballContent(source.file, reader(call, `hashing ${source.file}`));
  if ("download" in source) {
    return downloadContent({ url: source.download, checksum: source.checksum }, call.signal);
  }
  if ("disk" in source)
    return diskContent(diskOf(source), { status: call.status, reader: reader(call, `hashing ${source.disk}`) });
  const { metadata, rootfs, type } = source;
  const files = { metadata, rootfs, isVirtualMachine: type === "virtual-machine" };
  return splitContent(files, reader(call, `hashing ${rootfs}`));
}

export function diskOf(source: DiskSource): DiskImage {
  return { disk: source.disk, format: source.format, architecture: architectureOf(source) };
}

export interface Brought {
  fingerprint: string;
  /** Whether it was not there before, for certain: nobody else has anything to do with it then. */
  isNew: boolean;
}

/** Uploads the image. */
export async function send(context: Context, upload: Upload): Promise<Brought> {
  const content = await contentOf(upload.source, context);
  return sendContent(context, upload, content).finally(() => content.dispose?.());
}

interface Upload {
  inputs: ImageInputs;
  source: ContentSource;
}

async function sendContent(context: Context, { inputs }: Upload, content: ImageContent): Promise<Brought> {
  const { client, status, urn } = context;
  const { fingerprint, digest } = content;
  // Of a converted disk nothing was known; that the disk itself is the same, its hash in the inputs has told.
  const isOther = inputs.fingerprint !== undefined && fingerprint !== inputs.fingerprint;
  if (isOther || (digest !== undefined && digest !== inputs.digest)) {
    const why = `${content.fileName} is not what it was in the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const fileName = uploadName(urn, content.fileName);
  const body = await content.open(fileName);
  const { project, public: isPublic } = inputs;
  const said = { fingerprint, fileName, public: isPublic, deadlineMs: uploadDeadlineMs };
  try {
    await uploadImage(client, project, { ...body, ...shown(body, "uploading", status), ...said });
  } catch (error) {
    if (!isCode(error, "unavailable") && !isCode(error, "already-exists")) throw error;
    const sent = fingerprint ?? (await body.received).sha256;
    await requireOurs(context, { inputs, fingerprint: sent, error });
    return { fingerprint: sent, isNew: false };
  }
  return { fingerprint: fingerprint ?? (await body.received).sha256, isNew: true };
}

interface Doubt {
  inputs: ImageInputs;
  fingerprint: string;
  error: LxdError;
}

/**
 * With no answer the image may be there all the same. One that is there already may be what a killed run has left, as
 * the fingerprint of what is converted or downloaded is not known before.
 */
async function requireOurs({ client, urn }: Context, { inputs, fingerprint, error }: Doubt): Promise<void> {
  const found = await findImage(client, { project: inputs.project, fingerprint });
  if (found === undefined) throw error;
  if (!mayTake(found.value, { urn, adopt: inputs.adopt, isPulled: false })) throw taken(fingerprint);
}
