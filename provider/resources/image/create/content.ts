// Uploads an image from this machine to the daemon.
import { findImage, uploadImage } from "../../../lxd/api/images";
import { diskContent, type DiskImage } from "../../../content/disk-image/disk-image";
import {
  downloadContent,
  type ImageBody,
  type ImageContent,
  tarballContent,
} from "../../../content/disk-image/image-content";
import { reader, withProgress } from "../../../content/progress";
import { splitContent } from "../../../content/disk-image/split-image";
import { recogniseOpened } from "../../../content/recognition/opened";
import { imageProblem } from "../../../content/recognition/problems";
import { redactedText } from "../../../content/url/redacted-url";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { type ImageInputs } from "../inputs";
import { dropInheritedMetadata } from "./foreign-metadata";
import { publishedName, uploadName } from "../owners";
import { architectureOf, identityOf } from "../source";
import { type ContentSource, type DiskSource } from "../source-types";
import { alreadyExists, isCacheOnly, mayAdopt } from "../record/adoption";

/** After the last byte, the daemon still unpacks the metadata and moves the image into place. */
const uploadDeadlineMs = 60 * 60_000;

/** Opens the content of a source. */
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

interface Upload {
  inputs: ImageInputs;
  source: ContentSource;
}

/** Uploads the image; returns its fingerprint. */
export async function send(context: Context, upload: Upload): Promise<string> {
  const content = await contentOf(upload.source, context);
  return sendContent(context, upload, content).finally(() => content.dispose?.());
}

async function sendContent(context: Context, { inputs, source }: Upload, content: ImageContent): Promise<string> {
  const { client, status, urn } = context;
  const { fingerprint, digest } = content;
  // The fingerprint of a converted disk is not known in advance; the digest in the inputs verifies the disk itself.
  const isOther = inputs.fingerprint !== undefined && fingerprint !== inputs.fingerprint;
  if (isOther || (digest !== undefined && digest !== inputs.digest)) {
    const why = `${content.fileName} has changed since the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  if (fingerprint !== undefined && (await isThere(context, inputs, fingerprint))) return fingerprint;
  const isForeknown = inputs.fingerprint !== undefined;
  const fileName = isForeknown
    ? uploadName(urn, content.fileName)
    : publishedName(urn, identityOf(source, inputs.digest));
  const opened = await content.open(fileName);
  const body = "download" in source ? await recognised(opened, source.download) : opened;
  const { project, public: isPublic } = inputs;
  const settings = { fingerprint, fileName, public: isPublic, deadlineMs: uploadDeadlineMs };
  const sent = async (): Promise<string> => fingerprint ?? (await body.received).sha256;
  try {
    await uploadImage(client, project, { ...body, ...withProgress(body, "uploading", status), ...settings });
  } catch (error) {
    // Without a response the image may exist, and another stack may have uploaded it in the meantime.
    if (!isCode(error, "unavailable") && !isCode(error, "already-exists")) throw error;
    if (!(await isThere(context, inputs, await sent()))) throw error;
    return sent();
  }
  await dropInheritedMetadata(client, { project, fingerprint: await sent() });
  return sent();
}

/** Checks what a web server sends before the daemon receives any of it. */
async function recognised(content: ImageBody, url: string): Promise<ImageBody> {
  const { found, opened } = await recogniseOpened(content);
  const problem = imageProblem({ name: redactedText(url), isOnWeb: true, found, answer: opened.answer });
  if (problem === undefined) return opened;
  opened.received.catch(() => undefined);
  opened.stream.destroy();
  throw problem;
}

/** The fingerprint of a converted or downloaded image is not known in advance. */
async function isThere({ client }: Context, { project, adopt }: ImageInputs, fingerprint: string): Promise<boolean> {
  const found = await findImage(client, { project, fingerprint });
  if (found === undefined) return false;
  if (!mayAdopt(found.value, { adopt })) throw alreadyExists(fingerprint);
  return !isCacheOnly(found.value);
}
