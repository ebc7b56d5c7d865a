// GET …/export: the image's bytes as uploaded, in one file or two.
import { createReadStream } from "node:fs";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";

import type { Call } from "../http/call";
import type { Reply } from "../http/reply";
import type { ImageRecord } from "../store/records";
import { detectFormat } from "./decompress";
import { requireImage } from "./image";

async function* splitBody(call: Call, image: ImageRecord, boundary: string): AsyncGenerator<Buffer | string> {
  const { store } = call.daemon;
  const main = store.imagePath(image.fingerprint);
  const { suffix } = await detectFormat(main);
  const root = image.type === "container" ? "rootfs" : "rootfs.img";
  const parts = [
    { name: "metadata", filename: `meta-${image.fingerprint}${suffix}`, path: main },
    { name: root, filename: `${image.fingerprint}.${root}`, path: store.imagePath(image.fingerprint, ".rootfs") },
  ];
  for (const { name, filename, path } of parts) {
    yield `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n`;
    yield "Content-Type: application/octet-stream\r\n\r\n";
    yield* createReadStream(path) as AsyncIterable<Buffer>;
    yield "\r\n";
  }
  yield `--${boundary}--\r\n`;
}

export async function exportImage(call: Call): Promise<Reply> {
  const image = requireImage(call);
  const { store, settings } = call.daemon;
  const own: Record<string, string> = settings.product.kind === "incus" ? { "X-Incus-Type": "incus" } : {};
  if (image.split) {
    const boundary = randomUUID().replaceAll("-", "");
    const headers = { ...own, "Content-Type": `multipart/form-data; boundary=${boundary}` };
    return { kind: "body", headers, body: Readable.from(splitBody(call, image, boundary)) };
  }
  const path = store.imagePath(image.fingerprint);
  const { suffix } = await detectFormat(path);
  const headers = {
    ...own,
    "Content-Type": "application/octet-stream",
    "Content-Length": String(image.sizeBytes),
    "Content-Disposition": `inline;filename=${image.fingerprint}${suffix}`,
  };
  return { kind: "body", headers, body: createReadStream(path) };
}
