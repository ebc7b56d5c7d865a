// Fetches a small text from a web server: a checksum list, an image index.
import { LxdError } from "../../base/errors";
import { Download } from "./download";
import { type DownloadSettings, openTransport } from "./transport";

export interface TextLimits {
  maxBytes: number;
  /** What the text should be, for the error if it is too large. */
  what: string;
}

export async function fetchText(url: URL, { maxBytes, what }: TextLimits, settings: DownloadSettings): Promise<string> {
  const transport = openTransport(settings);
  try {
    const download = new Download({ urls: [url], transport, mayLeaveTls: false });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of download.bytes(await download.connect())) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes, what);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    transport.close();
  }
}

function tooLarge(maxBytes: number, what: string): LxdError {
  const why = `it is larger than ${maxBytes / 2 ** 20} MiB, too large for ${what}`;
  return new LxdError({ code: "invalid-argument", why });
}
