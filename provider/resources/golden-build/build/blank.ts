// Rejects an image whose disk was never written: the instance powered itself off, but nothing was installed.
import { sha256 } from "../../../base/canonical";
import { exportImage, otherImage } from "../../../lxd/api/image-export";
import { type WireImage } from "../../../lxd/api/images";
import { isNeverWritten, largestUnwritten } from "../../../content/disk-image/never-written";
import { LxdError } from "../../../base/errors";
import { type Build } from "./phases";
import { type Place, removeImage } from "../versions";

/**
 * Servers do not report how much of a disk is used, so the packed image is read back. Only a small image can be blank,
 * so that is cheap. Until then the image is a candidate, and the run after an interrupted one checks it again.
 */
export async function requireWritten({ place, progress }: Build, image: WireImage): Promise<void> {
  if (image.size > largestUnwritten) return;
  if (progress.phase !== "publish") progress.enter("publish");
  progress.status("checking that the disk was written");
  if (!(await isNeverWritten(await bytesOf(place, image)))) return;
  await removeImage(place, image.fingerprint);
  throw new LxdError({
    code: "failed",
    reason: "never-written",
    why: "nothing was installed, and the image is deleted: the root disk was never written when the machine powered itself off",
    advice:
      "An installer that finds no answers, or no disk that it knows, may end like that: check `iso`, `media`, `bootCommand` " +
      "and `machine`, for example with an Instance that boots the same media.",
  });
}

/** Reads the image itself, since only it shows what is on its disk. */
async function bytesOf({ client, project }: Place, { fingerprint }: WireImage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const { body } of exportImage(client, { project, fingerprint })) {
    for await (const chunk of body) chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const found = sha256(bytes);
  if (found !== fingerprint) throw otherImage(fingerprint, found);
  return bytes;
}
