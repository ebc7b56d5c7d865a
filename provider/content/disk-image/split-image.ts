// An image in two files; its fingerprint is the hash of their concatenation.
import { createHash } from "node:crypto";
import { byteStream } from "../byte-stream";
import { readCache, writeCache } from "../cache";
import { type Reader } from "../content";
import { fileContent, type FileContent } from "../local-file/file";
import { type ImageBody, type ImageContent } from "./image-content";

export interface SplitFiles {
  metadata: string;
  rootfs: string;
  isVirtualMachine: boolean;
}

export async function splitContent(files: SplitFiles, reader: Reader): Promise<ImageContent> {
  const [metadata, rootfs] = [await fileContent(files.metadata, reader), await fileContent(files.rootfs, reader)];
  const fingerprint = await combinedHash([metadata, rootfs], reader);
  return {
    fingerprint,
    fileName: rootfs.fileName,
    open: (given) => openForm(files, { metadata, rootfs: { ...rootfs, fileName: given }, fingerprint }),
  };
}

/** The hash depends only on the hashes of the two files, so it is cached per pair. */
async function combinedHash(parts: FileContent[], { report, signal }: Reader): Promise<string> {
  const known = `split-image/${parts.map(({ digest }) => digest.slice("sha256:".length)).join("-")}`;
  const remembered = await readCache(known);
  if (remembered !== undefined && /^[0-9a-f]{64}$/.test(remembered)) return remembered;
  const hash = createHash("sha256");
  const total = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  let done = 0;
  for (const part of parts) {
    for await (const chunk of (await part.open()).stream) {
      signal?.throwIfAborted();
      hash.update(chunk);
      report?.((done += chunk.length), total);
    }
  }
  const hex = hash.digest("hex");
  writeCache(known, hex);
  return hex;
}

interface Parts {
  metadata: FileContent;
  rootfs: FileContent;
  fingerprint: string;
}

async function openForm({ isVirtualMachine }: SplitFiles, parts: Parts): Promise<ImageBody> {
  const boundary = `pulumi-lxd-${parts.fingerprint.slice(0, 32)}`;
  const head = (name: string, { fileName }: FileContent): Buffer =>
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${quoted(fileName)}"\r\n` +
        "Content-Type: application/octet-stream\r\n\r\n",
    );
  const heads = [head("metadata", parts.metadata), head(isVirtualMachine ? "rootfs.img" : "rootfs", parts.rootfs)];
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const files = [await parts.metadata.open(), await parts.rootfs.open()];
  async function* body(): AsyncGenerator<Buffer> {
    for (const [i, file] of files.entries()) {
      if (i > 0) yield Buffer.from("\r\n");
      yield heads[i] ?? Buffer.alloc(0);
      yield* file.stream;
    }
    yield end;
  }
  const framing = [...heads, end].reduce((sum, part) => sum + part.length, 2);
  const sizeBytes = framing + parts.metadata.sizeBytes + parts.rootfs.sizeBytes;
  const stream = byteStream(body(), () => files.forEach((file) => file.stream.destroy()));
  const received = Promise.resolve({ sha256: parts.fingerprint, sizeBytes });
  return { stream, sizeBytes, received, contentType: `multipart/form-data; boundary=${boundary}` };
}

function quoted(fileName: string): string {
  return fileName.replaceAll(/["\\\r\n]/g, "_");
}
