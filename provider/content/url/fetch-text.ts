// Fetches a small text from a web server: a checksum list, an image index.
import { LxdError } from "../../base/errors";
import { Download } from "./download";
import { type DownloadSettings, openTransport } from "./transport";

export interface TextLimits {
  maxBytes: number;
  /** What the text should be, for the error if it is too large. */
  what: string;
  /** Whether a redirect from https:// to http:// is followed, because a signature protects the text. Default: false. */
  mayLeaveTls?: boolean | undefined;
}

export async function fetchText(url: URL, limits: TextLimits, settings: DownloadSettings): Promise<string> {
  return (await fetchBytes(url, limits, settings)).toString("utf8");
}

export async function fetchBytes(
  url: URL,
  { maxBytes, what, mayLeaveTls = false }: TextLimits,
  settings: DownloadSettings,
): Promise<Buffer> {
  const transport = openTransport(settings);
  try {
    const download = new Download({ urls: [url], transport, mayLeaveTls });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of download.bytes(await download.connect())) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes, what);
    }
    return Buffer.concat(chunks);
  } finally {
    transport.close();
  }
}

function tooLarge(maxBytes: number, what: string): LxdError {
  const why = `it is larger than ${maxBytes / 2 ** 20} MiB, too large for ${what}`;
  return new LxdError({ code: "invalid-argument", why });
}
