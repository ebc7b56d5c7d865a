// The bytes of an image as they are uploaded: one tarball, or metadata and root as the two parts of a form.
import { basename } from "node:path";
import { type Digest, type Opened, type Reader } from "../content";
import { LxdError } from "../../base/errors";
import { diskFormatOf } from "./formats";
import { fileContent } from "../local-file/file";
import { isIso } from "../iso-detection";
import { fileNameOf, parseSourceUrl } from "../url/source-url";
import { urlContent } from "../url/url-content";

export interface ImageBody extends Opened {
  contentType: string;
}

export interface ImageContent {
  /** SHA-256 of all bytes, by which the daemons know an image; undefined if only the bytes themselves will tell. */
  readonly fingerprint: string | undefined;
  /** What the bytes hash to by another algorithm, where only that is known. */
  readonly digest?: Digest | undefined;
  readonly fileName: string;
  /** With the name that the daemon is to keep. */
  open(fileName: string): Promise<ImageBody>;
  /** Takes away what had to be made for it. */
  dispose?: () => Promise<void>;
}

const octets = "application/octet-stream";

export async function tarballContent(file: string, reader: Reader): Promise<ImageContent> {
  const content = await fileContent(file, reader);
  await requireNoMedium(content.path);
  return {
    fingerprint: content.digest.slice("sha256:".length),
    fileName: content.fileName,
    open: async () => ({ ...(await content.open()), contentType: octets }),
  };
}

export async function downloadContent(
  { url, checksum }: { url: string; checksum: string | undefined },
  signal: AbortSignal,
): Promise<ImageContent> {
  const content = await urlContent({ urls: [url], checksum }, { signal });
  const [algorithm, hex] = content.digest.split(":");
  const isFingerprint = algorithm === "sha256";
  return {
    fingerprint: isFingerprint ? hex : undefined,
    digest: isFingerprint ? undefined : content.digest,
    fileName: basename(fileNameOf(parseSourceUrl(url)) ?? "image"),
    open: async () => ({ ...(await content.open()), contentType: octets }),
  };
}

/** The daemons would take all of it and then say that they know no such compression. */
async function requireNoMedium(path: string): Promise<void> {
  const format = await diskFormatOf(path);
  if (format !== undefined && format !== "ova") {
    const advice = `Use source: { disk: ${JSON.stringify(path)}, format: "${format}" }.`;
    throw new LxdError({ code: "invalid-argument", why: `${path} is a ${format} disk, not an image`, advice });
  }
  if (!(await isIso(path))) return;
  const advice = "Create an IsoVolume from it, and boot a blank machine from that.";
  throw new LxdError({ code: "invalid-argument", why: `${path} is installation media, not an image`, advice });
}
