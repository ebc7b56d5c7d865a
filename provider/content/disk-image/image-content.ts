// The bytes of an image as uploaded: one tarball, or metadata and root file system as two parts of a form.
import { basename } from "node:path";
import { type Digest, type Opened, type Reader } from "../content";
import { fileContent } from "../local-file/file";
import { fileNameOf, parseSourceUrl } from "../url/source-url";
import { urlContent } from "../url/url-content";

export interface ImageBody extends Opened {
  contentType: string;
}

export interface ImageContent {
  /** SHA-256 of all bytes, the daemons' identity of an image; undefined if it is known only after reading. */
  readonly fingerprint: string | undefined;
  /** The hash by another algorithm, if only that is known. */
  readonly digest?: Digest | undefined;
  readonly fileName: string;
  /** `fileName`: the name that the daemon stores. */
  open(fileName: string): Promise<ImageBody>;
  /** Deletes the files generated for the image. */
  dispose?: () => Promise<void>;
}

const octets = "application/octet-stream";

export async function tarballContent(file: string, reader: Reader): Promise<ImageContent> {
  const content = await fileContent(file, reader);
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
