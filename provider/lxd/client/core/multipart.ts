// Parses a multipart form (RFC 7578) as a stream, holding at most one chunk.
import { LxdError } from "../../../base/errors";

export interface Part {
  name: string;
  fileName: string;
  /** Must be read to its end before the next part is requested. */
  body: AsyncIterable<Buffer>;
}

/** Returns the boundary from the response header; undefined if the response is not a form. */
export function boundaryOf(contentType: string): string | undefined {
  return /^multipart\/form-data\s*;.*boundary="?([^";]+)/i.exec(contentType)?.[1];
}

export async function* partsOf(chunks: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part> {
  // The first boundary has no line break before it.
  const bytes = new Bytes(chunks, Buffer.from("\r\n"));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await bytes.text(delimiter);
  // A boundary is followed by a line break, and the last one by two dashes.
  while ((await bytes.take(2)) !== "--") {
    const headers = await bytes.text(Buffer.from("\r\n\r\n"));
    yield { name: field(headers, "name"), fileName: field(headers, "filename"), body: bytes.until(delimiter) };
  }
}

function field(headers: string, key: string): string {
  return new RegExp(`[;\\s]${key}="?([^";\\r\\n]*)`, "i").exec(headers)?.[1] ?? "";
}

class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(
    chunks: AsyncIterable<Buffer>,
    private held: Buffer,
  ) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * Yields everything before the marker and drops the marker. Holds back only what may be the beginning of the marker.
   */
  async *until(marker: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.held.indexOf(marker);
      const end = at >= 0 ? at : Math.max(0, this.held.length - marker.length + 1);
      const before = this.held.subarray(0, end);
      this.held = this.held.subarray(at >= 0 ? at + marker.length : end);
      if (before.length > 0) yield before;
      if (at >= 0) return;
      await this.#more();
    }
  }

  async text(marker: Buffer): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of this.until(marker)) parts.push(part);
    return Buffer.concat(parts).toString();
  }

  async take(count: number): Promise<string> {
    while (this.held.length < count) await this.#more();
    const taken = this.held.toString("latin1", 0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) throw new LxdError({ code: "unavailable", why: "the daemon's response is incomplete" });
    this.held = Buffer.concat([this.held, next.value]);
  }
}
