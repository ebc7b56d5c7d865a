// Recognises the start of a stream before anybody receives any of it.
import { byteStream } from "../byte-stream";
import { type Opened } from "../content";
import { bytesOfHead } from "./bytes";
import { type Found } from "./found";
import { headBytes, recognise } from "./recognise";

/** Reads the start of the stream; the returned one still has all bytes. */
export async function recogniseOpened<O extends Opened>(opened: O): Promise<{ found: Found; opened: O }> {
  const chunks: AsyncIterator<Buffer, unknown> = opened.stream[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let [length, isWhole] = [0, false];
  while (length < headBytes && !isWhole) {
    const next = await chunks.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    // The chunk is lent.
    parts.push(Buffer.from(next.value));
    length += next.value.length;
  }
  const head = Buffer.concat(parts);
  const found = await recognise(bytesOfHead(head, isWhole));
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    try {
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { found, opened: { ...opened, stream: byteStream(all(), () => opened.stream.destroy()) } };
}
