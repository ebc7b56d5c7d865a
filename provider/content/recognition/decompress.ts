// Decompresses the start of a file, as far as Node can: gzip always, zstd in newer versions.
import { pipeline, Readable } from "node:stream";
import { nodeDecompressors } from "../unpack/node-decompressors";
import { type Bytes, type Sequence } from "./bytes";
import { type Compression } from "./found";

/** What is read of a compressed file, and what comes out of it: a big image is never unpacked to be recognised. */
const inputMaxBytes = 16 * 2 ** 20;
const outputMaxBytes = 32 * 2 ** 20;
const chunkBytes = 64 * 1024;

/** Undefined if this process cannot decompress it. */
export function decompressed(bytes: Bytes, by: Compression): (Sequence & { close(): void }) | undefined {
  const make = nodeDecompressors[by];
  if (make === undefined) return undefined;
  let isInputComplete = false;
  async function* input(): AsyncGenerator<Buffer> {
    for (let at = 0; at < inputMaxBytes;) {
      const chunk = await bytes.read(at, chunkBytes);
      at += chunk.length;
      if (chunk.length === 0) {
        isInputComplete = bytes.sizeBytes !== undefined && at >= bytes.sizeBytes;
        return;
      }
      yield chunk;
    }
  }
  // The file may be closed while it is still read ahead: the pipeline ends that, and an error has no further effect.
  const output = pipeline(Readable.from(input()), make(), () => undefined);
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let [rest, total, isOver]: [Buffer, number, boolean] = [Buffer.alloc(0), 0, false];
  /** A file that is cut or damaged ends where it cannot be read. */
  const next = async (): Promise<Buffer | undefined> => {
    if (total >= outputMaxBytes) return undefined;
    const result = await chunks.next().catch(() => undefined);
    if (result?.done === true) isOver = isInputComplete;
    if (result === undefined || result.done === true) return undefined;
    total += result.value.length;
    return result.value;
  };
  const take = async (count: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      if (rest.length === 0) rest = (await next()) ?? Buffer.alloc(0);
      if (rest.length === 0) break;
      const part = rest.subarray(0, missing);
      rest = rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  };
  return {
    take,
    skip: async (count) => {
      for (let missing = count; missing > 0;) {
        const part = await take(Math.min(missing, chunkBytes));
        if (part.length === 0) return;
        missing -= part.length;
      }
    },
    isAtEnd: () => isOver && rest.length === 0,
    close: () => output.destroy(),
  };
}
