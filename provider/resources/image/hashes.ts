// Hashes of an image's bytes, as far as they are known without downloading or converting.
import { requireQemuImg } from "../../content/disk-image/convert";
import { qcow2DiskBytes } from "../../content/recognition/qcow2";
import { isOnWeb } from "../../content/source-file";
import { type CheckContext } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { noteDiskBytes } from "../shared/image-disks";
import { digestsOf, isSameSource } from "../shared/source-file";
import { contentOf } from "./create/content";
import { type ImageInputs } from "./inputs";
import { isContent, isForeknown } from "./source";
import { filesOf, partsOf, unifiedOnWeb } from "./source-parts";
import { type ContentSource, type ImageSource } from "./source-types";

type Hashes = Pick<ImageInputs, "fingerprint" | "digest">;

/** Content that the daemon creates or fetches has no known hash. */
export async function hashesOf(check: CheckContext<ImageInputs>, source: ImageSource): Promise<Hashes> {
  if (!isContent(source)) return {};
  if ("disk" in source && source.format !== "qcow2") await requireQemuImg();
  const isHere = !filesOf(source).some(isOnWeb);
  const digest = "disk" in source || !isHere ? await digestOf(source, check) : undefined;
  if (unifiedOnWeb(source) !== undefined) return unifiedHashes(digest ?? "");
  if (!isForeknown(source, digest)) return { digest };
  const content = await contentOf(source, check);
  await noteDisk(source, content.fingerprint);
  return { fingerprint: content.fingerprint, digest };
}

/** The digest of each file. */
async function digestOf(source: ContentSource, check: CheckContext<ImageInputs>): Promise<string> {
  const { olds } = check;
  const known = isSameSource(olds?.source, source) ? knownDigests(olds) : undefined;
  return (await digestsOf(partsOf(source), { known, call: check })).join(" ");
}

function knownDigests(olds: CheckContext<ImageInputs>["olds"]): string[] | undefined {
  if (olds?.digest !== undefined) return olds.digest.split(" ");
  const { fingerprint } = olds ?? {};
  return fingerprint === undefined || isUnknown(fingerprint) ? undefined : [`${sha256Prefix}${fingerprint}`];
}

const sha256Prefix = "sha256:";

/** The daemons' identity of an image is its SHA-256. */
function unifiedHashes(digest: string): Hashes {
  return digest.startsWith(sha256Prefix) ? { fingerprint: digest.slice(sha256Prefix.length) } : { digest };
}

/** For the preview of instances of this image. The file was just read for its hash. */
async function noteDisk(source: ContentSource, fingerprint: string | undefined): Promise<void> {
  const rootfs = "rootfs" in source && source.type === "virtual-machine" ? source.rootfs : undefined;
  const disk = "disk" in source ? source.disk : rootfs;
  const bytes = disk === undefined || isOnWeb(disk) ? undefined : await qcow2DiskBytes(disk);
  if (fingerprint !== undefined && bytes !== undefined) noteDiskBytes(fingerprint, bytes);
}
