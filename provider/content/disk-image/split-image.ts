// An image in two files; its fingerprint is the hash of their concatenation.
import { createHash } from "node:crypto";
import { sha256 } from "../../base/canonical";
import { readCache, writeCache } from "../cache";
import { type Reader } from "../content";
import { type ImageContent } from "./image-content";
import { openForm } from "./split-form";
import { type SplitImage, type SplitPart, sumOf } from "./split-part";

export async function splitContent(image: SplitImage, reader: Reader): Promise<ImageContent> {
  const parts = [image.metadata, image.rootfs];
  const fingerprint = parts.every(({ isHere }) => isHere) ? await combinedHash(parts, reader) : undefined;
  const boundary = `pulumi-lxd-${(fingerprint ?? sha256(keyOf(parts))).slice(0, 32)}`;
  return {
    fingerprint,
    fileName: image.rootfs.fileName,
    open: (given) => openForm({ ...image, rootfs: { ...image.rootfs, fileName: given } }, { boundary, fingerprint }),
  };
}

function keyOf(parts: SplitPart[]): string {
  return parts.map(({ key }) => key).join("-");
}

/** The hash depends only on the two parts, so it is cached per pair. */
async function combinedHash(parts: SplitPart[], { report, signal }: Reader): Promise<string> {
  const known = `split-image/${keyOf(parts)}`;
  const remembered = await readCache(known);
  if (remembered !== undefined && /^[0-9a-f]{64}$/.test(remembered)) return remembered;
  const hash = createHash("sha256");
  const total = sumOf(parts.map(({ sizeBytes }) => sizeBytes));
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
