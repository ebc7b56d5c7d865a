// The form in which the two files of an image are uploaded. Its parts are hashed as they pass.
import { createHash } from "node:crypto";
import { byteStream } from "../byte-stream";
import { type Opened, type Received } from "../content";
import { type ImageBody } from "./image-content";
import { type SplitImage, type SplitPart, sumOf } from "./split-part";

interface FormSettings {
  boundary: string;
  /** Undefined if it is known only after reading. */
  fingerprint: string | undefined;
}

export async function openForm(
  { metadata, rootfs, isVirtualMachine }: SplitImage,
  { boundary, fingerprint }: FormSettings,
): Promise<ImageBody> {
  const heads = [
    headOf(boundary, "metadata", metadata),
    headOf(boundary, isVirtualMachine ? "rootfs.img" : "rootfs", rootfs),
  ];
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const files = await openAll([metadata, rootfs]);
  let settle: (received: Received) => void = () => undefined;
  let fail: (reason: unknown) => void = () => undefined;
  const received = new Promise<Received>((resolve, reject) => ([settle, fail] = [resolve, reject]));
  // The stream reports the error as well.
  received.catch(() => undefined);
  const hash = createHash("sha256");
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const [i, file] of files.entries()) {
      if (i > 0) yield Buffer.from("\r\n");
      yield heads[i] ?? Buffer.alloc(0);
      for await (const chunk of file.stream) yield hashed(chunk);
    }
  }
  let done = 0;
  const hashed = (chunk: Buffer): Buffer => {
    if (fingerprint === undefined) hash.update(chunk);
    done += chunk.length;
    return chunk;
  };
  async function* body(): AsyncGenerator<Buffer> {
    try {
      yield* bytes();
    } catch (error) {
      fail(error);
      throw error;
    }
    settle({ sha256: fingerprint ?? hash.digest("hex"), sizeBytes: done });
    yield end;
  }
  const framing = [...heads, end].reduce((sum, part) => sum + part.length, 2);
  const sizeBytes = sumOf([framing, ...files.map((file) => file.sizeBytes)]);
  const stream = byteStream(body(), () => files.forEach((file) => file.stream.destroy()));
  return { stream, sizeBytes, received, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** What is opened is closed if the other file cannot be opened. */
async function openAll(parts: SplitPart[]): Promise<Opened[]> {
  const files: Opened[] = [];
  try {
    for (const part of parts) files.push(await part.open());
    return files;
  } catch (error) {
    files.forEach((file) => file.stream.destroy());
    throw error;
  }
}

function headOf(boundary: string, name: string, { fileName }: SplitPart): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${quoted(fileName)}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
}

function quoted(fileName: string): string {
  return fileName.replaceAll(/["\\\r\n]/g, "_");
}
