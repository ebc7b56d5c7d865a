// Reads a form of several parts (RFC 7578) as it comes, without ever holding more than a chunk of it.
import { LxdError } from "../../../base/errors";

export interface Part {
  name: string;
  fileName: string;
  /** To be read to its end before the next part is asked for. */
  body: AsyncIterable<Buffer>;
}

/** The boundary between the parts, from the header of the answer; undefined if that is no form. */
export function boundaryOf(contentType: string): string | undefined {
  return /^multipart\/form-data\s*;.*boundary="?([^";]+)/i.exec(contentType)?.[1];
}

export async function* partsOf(chunks: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part> {
  // The first boundary has no line before it.
  const bytes = new Bytes(chunks, Buffer.from("\r\n"));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await bytes.text(delimiter);
  // After a boundary comes the end of its line, and after the last one two dashes.
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

  /** What comes before the marker, which is left out. Only what cannot be the marker's beginning is given on. */
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
