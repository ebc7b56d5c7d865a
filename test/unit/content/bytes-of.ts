// All bytes of a stream, copied: its chunks are only lent.
import { type ByteStream } from "../../../provider/content/byte-stream";

export async function bytesOf(stream: ByteStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
