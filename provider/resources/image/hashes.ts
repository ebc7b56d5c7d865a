// Hashes of an image's bytes, as far as they are known without downloading or converting.
import { isDeepStrictEqual } from "node:util";
import { inspectDisk } from "../../content/disk-image/disk-image";
import { reader } from "../../content/progress";
import { qcow2DiskBytes } from "../../content/recognition/qcow2";
import { isLocalList } from "../../content/url/resolve-checksum";
import { type CheckContext } from "../../kind/kind";
import { plain } from "../../kind/props";
import { isUnknown } from "../../kind/unknowns";
import { noteDiskBytes } from "../shared/image-disks";
import { contentOf, diskOf } from "./create/content";
import { type ImageInputs } from "./inputs";
import { isContent } from "./source";
import { type ContentSource, type DiskSource, type DownloadSource, type ImageSource } from "./source-types";

type Hashes = Pick<ImageInputs, "fingerprint" | "digest">;

/** Content that the daemon creates or fetches has no known hash. */
export async function hashesOf(check: CheckContext<ImageInputs>, source: ImageSource): Promise<Hashes> {
  if (!isContent(source)) return {};
  const known = "download" in source ? pinnedBefore(check, source) : undefined;
  if (known !== undefined) return known;
  const digest = "disk" in source ? await digestOf(source, check) : undefined;
  if ("disk" in source && source.format !== "qcow2") return { digest };
  const content = await contentOf(source, check);
  await content.dispose?.();
  await noteDisk(source, content.fingerprint);
  return { fingerprint: content.fingerprint, digest: digest ?? content.digest };
}

/** For the preview of instances of this image. The file was just read for its hash. */
async function noteDisk(source: ContentSource, fingerprint: string | undefined): Promise<void> {
  const rootfs = "metadata" in source && source.type === "virtual-machine" ? source.rootfs : undefined;
  const disk = "disk" in source ? source.disk : rootfs;
  const bytes = disk === undefined ? undefined : await qcow2DiskBytes(disk);
  if (fingerprint !== undefined && bytes !== undefined) noteDiskBytes(fingerprint, bytes);
}

function digestOf(source: DiskSource, check: CheckContext<ImageInputs>): Promise<string> {
  return inspectDisk(diskOf(source), reader(check, `hashing ${source.disk}`));
}

/** A web server is asked for its checksum list only when the download differs from the last run. */
function pinnedBefore({ olds }: CheckContext<ImageInputs>, source: DownloadSource): Hashes | undefined {
  const isSameAsWritten = olds?.source !== undefined && isDeepStrictEqual(plain(olds.source), plain(source));
  if (!isSameAsWritten || isLocalList(source.checksum)) return undefined;
  const { digest } = olds;
  const fingerprint = isUnknown(olds.fingerprint) ? undefined : olds.fingerprint;
  return fingerprint === undefined && digest === undefined ? undefined : { fingerprint, digest };
}
