// Uploads an image from this machine to the daemon.
import { findImage, uploadImage } from "../../../lxd/api/images";
import { diskContent } from "../../../content/disk-image/disk-image";
import { type ImageContent, tarballContent } from "../../../content/disk-image/image-content";
import { metadataTarball } from "../../../content/disk-image/metadata";
import { bytesPart, filePart } from "../../../content/disk-image/split-part";
import { splitContent } from "../../../content/disk-image/split-image";
import { reader, withProgress } from "../../../content/progress";
import { type Call, sourcePlace } from "../../../content/source-file";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { digestsOf } from "../../shared/source-file";
import { type ImageInputs } from "../inputs";
import { dropInheritedMetadata } from "./foreign-metadata";
import { publishedName, uploadName } from "../owners";
import { diskDescription, isDescription } from "../description";
import { identityOf } from "../source";
import { partsOf } from "../source-parts";
import { type ContentSource } from "../source-types";
import { alreadyExists, isCacheOnly, mayAdopt } from "../record/adoption";

/** After the last byte, the daemon still unpacks the metadata and moves the image into place. */
const uploadDeadlineMs = 60 * 60_000;

/** Opens the content of a source. */
export async function contentOf(source: ContentSource, call: Call): Promise<ImageContent> {
  const parts = partsOf(source);
  const last = parts.at(-1);
  if (last === undefined) throw new LxdError({ code: "failed", why: "the source has no files" });
  if ("disk" in source) {
    const { disk, format } = source;
    return diskContent({ disk, format, description: diskDescription(source) }, call);
  }
  if (!("metadata" in source)) return tarballContent(last, call);
  const [first = last] = parts;
  const metadata = isDescription(source.metadata)
    ? bytesPart("metadata.tar", metadataTarball(source.metadata))
    : await filePart(first, call);
  const isVirtualMachine = source.type === "virtual-machine";
  const image = { metadata, rootfs: await filePart(last, call), isVirtualMachine };
  return splitContent(image, reader(call, `hashing ${sourcePlace(last.file).name}`));
}

interface Upload {
  inputs: ImageInputs;
  source: ContentSource;
}

/** Uploads the image; returns its fingerprint. */
export async function send(context: Context, upload: Upload): Promise<string> {
  await requireSame(context, upload);
  const content = await contentOf(upload.source, context);
  return sendContent(context, upload, content).finally(() => content.dispose?.());
}

async function sendContent(context: Context, { inputs, source }: Upload, content: ImageContent): Promise<string> {
  const { client, status, urn } = context;
  const { fingerprint } = content;
  if (inputs.fingerprint !== undefined && fingerprint !== inputs.fingerprint) throw hasChanged(content.fileName);
  if (fingerprint !== undefined && (await isThere(context, inputs, fingerprint))) return fingerprint;
  const isForeknown = inputs.fingerprint !== undefined;
  const fileName = isForeknown
    ? uploadName(urn, content.fileName)
    : publishedName(urn, identityOf(source, inputs.digest));
  const body = await content.open(fileName);
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

/** The digests in the inputs verify content whose fingerprint is not known in advance. */
async function requireSame(context: Context, { inputs, source }: Upload): Promise<void> {
  if (inputs.digest === undefined) return;
  const parts = partsOf(source);
  const digests = await digestsOf(parts, { known: undefined, call: context });
  const before = inputs.digest.split(" ");
  const changed = parts.find((_, i) => digests[i] !== before[i]);
  if (changed !== undefined) throw hasChanged(sourcePlace(changed.file).name);
}

function hasChanged(name: string): LxdError {
  const why = `${name} has changed since the preview`;
  return new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
}

/** The fingerprint of a converted or downloaded image is not known in advance. */
async function isThere({ client }: Context, { project, adopt }: ImageInputs, fingerprint: string): Promise<boolean> {
  const found = await findImage(client, { project, fingerprint });
  if (found === undefined) return false;
  if (!mayAdopt(found.value, { adopt })) throw alreadyExists(fingerprint);
  return !isCacheOnly(found.value);
}
