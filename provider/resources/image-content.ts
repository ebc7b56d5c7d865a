// Sends an image's bytes from here to the daemon.
import { findImage, uploadImage } from "../api/images";
import { downloadContent, type ImageContent, tarballContent } from "../content/image-content";
import { reportTo, shown } from "../content/shown";
import { splitContent } from "../content/split-image";
import { isCode, LxdError } from "../errors";
import { type Context } from "../kind";
import { type ImageInputs } from "./image-inputs";
import { type ContentSource } from "./image-source";

/** After the last byte the daemon still unpacks the metadata and moves the image into place. */
const uploadDeadlineMs = 60 * 60_000;

/** The bytes that a source stands for. */
export function contentOf(source: ContentSource, status: (text: string) => void): Promise<ImageContent> {
  if ("file" in source) return tarballContent(source.file, reportTo(status, `hashing ${source.file}`));
  if ("download" in source) return downloadContent(source.download, source.checksum);
  const { metadata, rootfs, type } = source;
  const files = { metadata, rootfs, isVirtualMachine: type === "virtual-machine" };
  return splitContent(files, reportTo(status, `hashing ${rootfs}`));
}

/** Uploads the image with these properties; returns its fingerprint. */
export async function send(
  { client, status }: Context,
  { inputs, source, properties }: { inputs: ImageInputs; source: ContentSource; properties: Record<string, string> },
): Promise<string> {
  const content = await contentOf(source, status);
  const { fingerprint } = content;
  if (fingerprint !== inputs.fingerprint) {
    const why = `${content.fileName} is not what it was in the preview`;
    throw new LxdError({ code: "content-mismatch", why, advice: "Run `pulumi up` again." });
  }
  const body = await content.open();
  const { project, public: isPublic } = inputs;
  const said = { fingerprint, fileName: content.fileName, public: isPublic, properties, deadlineMs: uploadDeadlineMs };
  const opened = { ...body, ...shown(body, "uploading", status) };
  try {
    await uploadImage(client, project, { ...opened, ...said });
  } catch (error) {
    // With no answer the image may be there all the same: the daemon checks the fingerprint itself.
    const isThere = fingerprint !== undefined && (await findImage(client, { project, fingerprint })) !== undefined;
    if (!isCode(error, "unavailable") || !isThere) throw error;
  }
  return fingerprint ?? (await body.received).sha256;
}
