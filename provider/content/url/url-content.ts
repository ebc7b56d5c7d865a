// A file on a web server as content: pinned by a checksum, streamed, never stored.
import { LxdError } from "../../base/errors";
import { type Content, type Digest, type Opened, type ReportBytes } from "../content";
import { isSelfContained, parseChecksum, type WrittenChecksum } from "./checksum";
import { Download } from "./download";
import { Head, mismatchError } from "./mismatch";
import { digestFor } from "./resolve-checksum";
import { parseSourceUrl, redactedUrls } from "./source-url";
import { type DownloadSettings, openTransport } from "./transport";
import { openVerified } from "../verified-stream";

export interface UrlContentArgs {
  /** The location of the file, followed by its mirrors, tried in order. */
  urls: readonly string[];
  /** `sha256:<hex>`, `sha512:<hex>`, or a `SHA256SUMS`-style list, which may be signed. Required. */
  checksum: WrittenChecksum | undefined;
  /** The operation named in errors. Default: `download <url>`. */
  doing?: string | undefined;
  onProgress?: ReportBytes | undefined;
}

/**
 * The file behind `urls`. A checksum value needs no request; a list is fetched immediately, since it determines the
 * content's identity. The file itself is requested by `open`.
 */
export async function urlContent(args: UrlContentArgs, settings: DownloadSettings = {}): Promise<Content> {
  const [urls, checksum] = [parseUrls(args.urls), parseChecksum(args.checksum)];
  const digest = await digestFor(checksum, urls, settings);
  const doing = args.doing ?? `download ${redactedUrls(urls.slice(0, 1))}`;
  // A checksum value is trusted like the program; so is a signed list; any other is only as trustworthy as
  // the connection to its server.
  const mayLeaveTls = isSelfContained(checksum);
  return new UrlContent({ urls, digest, doing, mayLeaveTls, onProgress: args.onProgress, settings });
}

interface UrlContentFields {
  urls: readonly URL[];
  digest: Digest;
  doing: string;
  mayLeaveTls: boolean;
  onProgress: ReportBytes | undefined;
  settings: DownloadSettings;
}

class UrlContent implements Content {
  readonly digest: Digest;
  /** Unknown until a server responds. */
  readonly sizeBytes = undefined;

  constructor(private readonly fields: UrlContentFields) {
    this.digest = fields.digest;
  }

  async open(): Promise<Opened> {
    const { urls, digest, doing, mayLeaveTls, onProgress, settings } = this.fields;
    const transport = openTransport(settings);
    try {
      const download = new Download({ urls, transport, mayLeaveTls });
      const head = new Head();
      const chunks = head.keep(download.bytes(await download.connect()));
      const { sizeBytes, said } = download;
      const mismatch = (got: Digest) => mismatchError({ urls, expected: digest, got, head: head.bytes, said });
      const release = () => transport.close();
      const opened = openVerified({ chunks, digest, doing, mismatch, onProgress, release, sizeBytes });
      return { ...opened, answer: said };
    } catch (error) {
      transport.close();
      throw LxdError.from(error).during(doing);
    }
  }
}

function parseUrls(texts: readonly string[]): URL[] {
  if (texts.length > 0) return texts.map(parseSourceUrl);
  throw new LxdError({ code: "invalid-argument", why: "there is no URL to download from" });
}
