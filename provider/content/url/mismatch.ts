// The error for a download whose bytes do not have the expected hash, with what the bytes are.
import { LxdError } from "../../base/errors";
import { type AnswerHeaders, type Digest } from "../content";
import { bytesOfHead } from "../recognition/bytes";
import { recognise } from "../recognition/recognise";
import { describe } from "../recognition/words";
import { encodingAdvice, saidWith } from "./said";
import { redactedUrls } from "./source-url";

/** Enough to recognise a page, a compression and most disks. */
const keptBytes = 64 * 1024;

export interface Mismatch {
  urls: readonly URL[];
  expected: Digest;
  got: Digest;
  head: Buffer;
  said: AnswerHeaders | undefined;
}

export async function mismatchError({ urls, expected, got, head, said }: Mismatch): Promise<LxdError> {
  const found = await recognise(bytesOfHead(head, head.length < keptBytes));
  const is = found.what === "unknown" ? "" : `; what the server sent is ${describe(found)}`;
  const why = `the bytes from ${redactedUrls(urls)} do not match the checksum: expected ${expected}, got ${got}${is}`;
  return new LxdError({ code: "content-mismatch", why: `${why}${saidWith(said)}`, advice: advice() });

  function advice(): string {
    if (said?.contentEncoding !== undefined) return encodingAdvice;
    if (found.what === "text" && (found.as === "html" || found.as === "xml"))
      return "It is probably a login or error page: check the URL, and whether the server requires credentials.";
    return "Either the file was replaced on the server, or the checksum belongs to another file or version.";
  }
}

/** Keeps the first bytes that pass. */
export class Head {
  private readonly parts: Buffer[] = [];
  private length = 0;

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  async *keep(chunks: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      if (this.length < keptBytes) {
        const part = Buffer.from(chunk.subarray(0, keptBytes - this.length));
        this.parts.push(part);
        this.length += part.length;
      }
      yield chunk;
    }
  }
}
