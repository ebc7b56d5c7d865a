// Parses a multipart/form-data body into streams, for the upload of an image in two files.
import { PassThrough, type Readable } from "node:stream";

import { failed } from "../errors";

export interface Part {
  name: string;
  filename: string;
  body: Readable;
}

/** The boundary in a Content-Type, or undefined if it is not a multipart form. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

function describe(headers: string): { name: string; filename: string } {
  const parameter = (key: string) => new RegExp(`[; ]${key}="?([^";\r\n]*)"?`, "i").exec(headers)?.[1] ?? "";
  return { name: parameter("name"), filename: parameter("filename") };
}

/** Splits a stream at delimiters. */
class Splitter {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) throw failed("unexpected EOF");
    this.#buffer = Buffer.concat([this.#buffer, next.value]);
  }

  /** Writes all bytes before the delimiter to `sink` and drops the delimiter. */
  async until(delimiter: Buffer, sink: (bytes: Buffer) => Promise<void>): Promise<void> {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter);
      // The end of the buffer may be the start of a delimiter, so that many bytes are held back.
      const safe = at >= 0 ? at : Math.max(0, this.#buffer.length - delimiter.length + 1);
      if (safe > 0) await sink(this.#buffer.subarray(0, safe));
      this.#buffer = this.#buffer.subarray(at >= 0 ? at + delimiter.length : safe);
      if (at >= 0) return;
      await this.#more();
    }
  }

  async take(count: number): Promise<string> {
    while (this.#buffer.length < count) await this.#more();
    const taken = this.#buffer.toString("latin1", 0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async text(delimiter: string): Promise<string> {
    const parts: Buffer[] = [];
    await this.until(Buffer.from(delimiter), (bytes) => {
      parts.push(Buffer.from(bytes));
      return Promise.resolve();
    });
    return Buffer.concat(parts).toString("utf8");
  }
}

function write(sink: PassThrough, bytes: Buffer): Promise<void> {
  if (sink.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => sink.once("drain", resolve));
}

/** Calls `receive` for each part in turn; it must read the part to its end. */
export async function readMultipart(
  stream: Readable,
  boundary: string,
  receive: (part: Part) => Promise<void>,
): Promise<void> {
  const splitter = new Splitter(stream);
  await splitter.text(`--${boundary}`);
  while ((await splitter.take(2)) !== "--") {
    const headers = await splitter.text("\r\n\r\n");
    const body = new PassThrough();
    const received = receive({ ...describe(headers), body });
    const sent = splitter
      .until(Buffer.from(`\r\n--${boundary}`), (bytes) => write(body, bytes))
      .then(
        () => void body.end(),
        (error: unknown) => void body.destroy(error as Error),
      );
    await Promise.all([received, sent]);
  }
  stream.resume();
}
